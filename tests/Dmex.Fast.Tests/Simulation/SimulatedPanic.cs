using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>A panic under way.</summary>
internal sealed class SimulatedPanic
{
    /// <summary>The tracker's counts.</summary>
    public PanicTally Tally { get; } = new();

    /// <summary>Its place among the panics.</summary>
    public int Index;

    /// <summary>Not yet given to another panic.</summary>
    public bool IsActive;

    /// <summary>The tag that it covers; negative for all.</summary>
    public int Tag;

    /// <summary>How it fires.</summary>
    public PanicFlags Flags;

    /// <summary>Its latch holds.</summary>
    public bool IsLatched;

    /// <summary>Orders that it is still to fire.</summary>
    public int Pending;

    /// <summary>The slot of the book that it looks at next.</summary>
    public int Cursor;

    /// <summary>Open orders that it counts, by what was seen.</summary>
    public int Open;

    /// <summary>Verdicts about orders that it counts, by what was seen.</summary>
    public int Confirmed;

    /// <inheritdoc cref="Confirmed"/>
    public int Gone;

    /// <inheritdoc cref="Confirmed"/>
    public int NotFound;

    /// <inheritdoc cref="Confirmed"/>
    public int Rejected;

    /// <summary>It is to be looked at again at a time.</summary>
    public bool IsWaitingForRate;

    /// <summary>Begins.</summary>
    public void Begin(long number, int tag, PanicFlags flags, long now)
    {
        Tally.Begin(number, flags.HasFlag(PanicFlags.RespectsRate), now);
        IsActive = true;
        Tag = tag;
        Flags = flags;
        IsLatched = flags.HasFlag(PanicFlags.Latches);
        Pending = Cursor = Open = Confirmed = Gone = NotFound = Rejected = 0;
        IsWaitingForRate = false;
    }

    /// <summary>Counts a verdict.</summary>
    public void Count(CancelOutcomeKind kind, GoneReason gone, int change)
    {
        switch (kind)
        {
            case CancelOutcomeKind.Confirmed:
                Confirmed += change;
                break;
            case CancelOutcomeKind.Rejected:
                Rejected += change;
                break;
            default:
                NotFound += gone == GoneReason.NotFound ? change : 0;
                Gone += gone == GoneReason.NotFound ? 0 : change;
                break;
        }
    }

    /// <summary>Whether it covers a tag.</summary>
    public bool Covers(int tag) => Tag < 0 || Tag == tag;
}
