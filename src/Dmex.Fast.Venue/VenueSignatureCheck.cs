namespace Dmex.Fast.Venue;

/// <summary>What is known about the signature of one message.</summary>
public enum VenueSignatureCheck
{
    /// <summary>The signature was not looked at: the message needed no verdict on it.</summary>
    NotChecked,

    /// <summary>Verification is deferred and has not happened yet.</summary>
    Pending,

    /// <summary>The signature is the order owner's.</summary>
    Valid,

    /// <summary>The signature is not the order owner's.</summary>
    Invalid,
}
