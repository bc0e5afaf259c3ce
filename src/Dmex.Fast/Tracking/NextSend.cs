namespace Dmex.Fast.Tracking;

/// <summary>What happens to an unresolved cancel when it falls due.</summary>
internal enum NextSend
{
    /// <summary>It is not due.</summary>
    None,

    /// <summary>Its copies count as lost, unless their connection has brought answers to others meanwhile.</summary>
    AckCheck,

    /// <summary>A copy is sent again, within the budget.</summary>
    Resend,

    /// <summary>
    /// A copy is sent, whatever the budget says unless the venue limits the rate: the one before it died with its connection,
    /// or never went.
    /// </summary>
    AtOnce,
}
