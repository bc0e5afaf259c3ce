using System.Diagnostics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Firing;

/// <summary>What a standby did when it fired, and what the venue said. An immutable value.</summary>
public sealed record StandbyReport
{
    /// <summary>Names the fence, the trigger and the moment.</summary>
    public required StandbyFence Fence { get; init; }

    /// <summary>When the decision was taken, in ticks of <see cref="Stopwatch"/>, which all processes of a host share.</summary>
    public required long TriggeredAt { get; init; }

    /// <summary>How long the engine had not pulsed by then; null when it had never pulsed.</summary>
    public required TimeSpan? Silence { get; init; }

    /// <summary>What became of the orders; times count from the decision.</summary>
    public required PanicReport Panic { get; init; }

    /// <summary>How many of the orders were found by the last reading of the book's file, after the first cancels had left.</summary>
    public int Late { get; init; }

    /// <summary>
    /// Of the orders of the book, those that the venue's list still has; null when no list was asked, or it could not be read.
    /// </summary>
    public IReadOnlyList<OrderHash>? StillListed { get; init; }

    /// <summary>Why the venue's list could not be read; null when it was, or none was asked.</summary>
    public string? ListFailure { get; init; }

    /// <summary>Whether every order is known to be closed, by the answers and by the list where there is one.</summary>
    public bool IsClear => Panic is { Unresolved: 0, Rejected: 0, NotFound: 0 } && StillListed is null or { Count: 0 };
}
