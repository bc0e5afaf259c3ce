namespace Dmex.Fast.Standby;

/// <summary>
/// Sends the cancels of a standby: a client at the venue that never had the key. Called by threads of <see cref="StandbyService"/>, one
/// call at a time; what it throws is counted, and the fire is tried again.
/// </summary>
public interface IStandbyFirer
{
    /// <summary>Whether its connection to the venue is up, so that a fire would go out. Must not block.</summary>
    bool CanFire { get; }

    /// <summary>
    /// Whether the venue answered anything that was sent at or after a moment: then this host is not cut off from it. Must not
    /// block.
    /// </summary>
    /// <param name="timestamp">Of <see cref="TimeProvider.GetTimestamp"/>.</param>
    bool VenueAnsweredSince(long timestamp);

    /// <summary>
    /// Sends the cancels, and returns when they are handed over; it reports what becomes of them by <see cref="StandbyFire.ReportClosed"/>,
    /// then and later. May be called again with more orders, or the same ones: sending a cancel twice does no harm.
    /// </summary>
    void Fire(StandbyFire fire);
}
