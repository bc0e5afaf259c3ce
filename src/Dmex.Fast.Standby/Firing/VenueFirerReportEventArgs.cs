namespace Dmex.Fast.Standby.Firing;

/// <summary>What became of the orders that a standby fired, so far.</summary>
/// <param name="orders">How many it fired.</param>
/// <param name="open">How many of them are not known to be closed.</param>
/// <param name="panic">The report of the latest attempt.</param>
public sealed class VenueFirerReportEventArgs(int orders, int open, PanicReport panic) : EventArgs
{
    /// <summary>How many it fired.</summary>
    public int Orders { get; } = orders;

    /// <summary>How many of them are not known to be closed.</summary>
    public int Open { get; } = open;

    /// <summary>The report of the latest attempt; its times count from the attempt.</summary>
    public PanicReport Panic { get; } = panic;
}
