namespace Dmex.Fast.Standby.Replication;

/// <summary>What is known of the signature of an order in a replica. An order is fired whatever it is.</summary>
internal enum SignatureState : byte
{
    /// <summary>It is not verified yet.</summary>
    Unverified,

    /// <summary>It is the account's.</summary>
    Valid,

    /// <summary>It is not the account's: the venue will refuse the cancel.</summary>
    Invalid,
}
