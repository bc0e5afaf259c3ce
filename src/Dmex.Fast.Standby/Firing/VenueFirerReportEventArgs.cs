using Dmex.Fast.Signing;

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

    /// <summary>Of the orders, those that the venue's list still has; null when no list was asked, or it could not be read.</summary>
    public IReadOnlyList<OrderHash>? StillListed { get; init; }

    /// <summary>Why the venue's list could not be read; null when it was, or none was asked.</summary>
    public string? ListFailure { get; init; }

    /// <summary>Whether the venue's list was asked.</summary>
    public bool HasAskedList => StillListed is not null || ListFailure is not null;
}
