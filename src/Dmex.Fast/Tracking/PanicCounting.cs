namespace Dmex.Fast.Tracking;

/// <summary>What the tally of a panic learns of the cancels that it counts. Stateless.</summary>
internal static class PanicCounting
{
    /// <summary>A panic counts a cancel from here on.</summary>
    public static void Count(TrackedCancel cancel, PanicTally panic)
    {
        cancel.Panic = panic;
        cancel.PanicNumber = panic.Number;
        panic.Add();
        if (cancel.WrittenAt != 0)
        {
            panic.AddWritten(cancel.WrittenAt);
        }
    }

    /// <summary>The kernel has taken a copy.</summary>
    public static void NoteWritten(TrackedCancel cancel, int connectionId, long timestamp)
    {
        if (cancel.WrittenAt == 0)
        {
            cancel.Panic?.AddWritten(timestamp);
        }

        if (timestamp >= cancel.WrittenAt)
        {
            cancel.WrittenAt = timestamp;
            cancel.ConnectionId = connectionId;
        }
    }

    /// <summary>A verdict, or a better one than what was told before.</summary>
    public static void Settle(TrackedCancel cancel, in CancelOutcome outcome, long now, TrackerEffects effects)
    {
        if (cancel.Panic is not { } panic)
        {
            return;
        }

        if (cancel.Stage == CancelStage.Open)
        {
            panic.Settle(outcome.Kind, Counted(cancel, outcome.GoneReason), now);
            effects.PanicProgressed |= panic.Unresolved == 0;
        }
        else if (cancel.PanicNumber == panic.Number)
        {
            panic.Correct(
                cancel.Reported.Kind, Counted(cancel, cancel.Reported.GoneReason), outcome.Kind, Counted(cancel, outcome.GoneReason), now);
        }
    }

    /// <summary>An order that the venue had and does not know any more is gone.</summary>
    public static GoneReason Counted(TrackedCancel cancel, GoneReason gone) =>
        gone == GoneReason.NotFound && cancel.IsLive ? GoneReason.Unspecified : gone;
}
