namespace Dmex.Fast.Standby;

/// <summary>
/// What a standby does that hears neither the engine nor a majority of the servers, so that it cannot tell who is cut off.
/// </summary>
public enum IsolationPolicy
{
    /// <summary>Fires after <see cref="StandbyClusterOptions.IsolatedAfter"/>, if its own connection to the venue answers.</summary>
    Fire,

    /// <summary>Holds: for a standby beside which another one runs elsewhere.</summary>
    Hold,
}
