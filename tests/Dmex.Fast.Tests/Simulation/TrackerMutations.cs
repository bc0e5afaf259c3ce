namespace Dmex.Fast.Tests.Simulation;

/// <summary>The faults that the oracle must see. Each is the kind of mistake that a change to the tracker can make.</summary>
internal static class TrackerMutations
{
    private const string Tracking = "src/Dmex.Fast/Tracking/";
    private const string Tracker = Tracking + "CancelTracker.cs";
    private const string Copies = Tracking + "CancelCopies.cs";
    private const string Replies = Tracking + "CancelTracker.Replies.cs";
    private const string Lists = Tracking + "CancelTracker.Lists.cs";
    private const string Facts = Tracking + "ListFacts.cs";
    private const string Witness = Tracking + "ListWitness.cs";

    public static IReadOnlyList<TrackerMutation> All { get; } =
    [
        new(
            "an incarnation is ignored",
            Tracking + "ConnectionTable.cs",
            "_lives[connectionId - 1] is { IsUp: true } life && life.Incarnation == incarnation;",
            "_lives[connectionId - 1] is { IsUp: true };"),
        new(
            "a waiter is told twice",
            Tracker,
            "Math.Max(now, cancel.TroubleAt)), effects);\n",
            "Math.Max(now, cancel.TroubleAt)), effects);\n        effects.Deliver(wait);\n"),
        new(
            "a waiter is forgotten when its order leaves the book",
            Tracker,
            "            GiveUp(cancel, UnresolvedReason.Abandoned, now, effects);\n            return;",
            "            Drop(cancel);\n            return;"),
        new(
            "a copy that was answered is never counted off",
            Replies,
            "            cancel.AwaitedOn &= ~bit;\n            cancel.AvoidOn &= ~bit;",
            "            cancel.AvoidOn &= ~bit;"),
        new(
            "the retry budget is doubled",
            Tracking + "RetryBudget.cs",
            "public void Take() => _tokens--;",
            "public void Take() => _tokens -= 0.5;"),
        new(
            "a deadline is lost at a reconnect",
            Tracker,
            "            next = cancel.Older;\n            if (cancel.Queue == CopyQueue.Connection)\n            {",
            "            next = cancel.Older;\n            if (cancel.Queue == CopyQueue.Connection)\n            {\n"
            + "                _ = _waits.TakeDue(long.MaxValue);\n"),
        new(
            "a latch misses a retag",
            "tests/Dmex.Fast.Tests/Simulation/SimulatedBook.cs",
            "        Tag[slot] = tag;\n        MeetLatch(slot);\n    }\n\n    /// <summary>Has a panic",
            "        Tag[slot] = tag;\n    }\n\n    /// <summary>Has a panic"),
        new(
            "a refusal is told while another copy is outstanding",
            Replies,
            "meaning.Kind == CancelOutcomeKind.Rejected && cancel.Stage == CancelStage.Open && cancel.HasLiveCopy",
            "false"),
        new(
            "what the venue put off is forgotten",
            Replies,
            "cancel.PutOffUntil = Math.Max(cancel.PutOffUntil, now + _retries.Delay(cancel.Resends, reply.RetryAfter));",
            "_ = _retries.Delay(cancel.Resends, reply.RetryAfter);"),
        new(
            "a panic's take-over is lost on the panic before",
            Tracker,
            "                    inSlot.Panic?.Leave();\n",
            string.Empty),
        new(
            "retries of dead connections ignore the venue's limit",
            Tracking + "CopySchedule.cs",
            "(!cancel.IsLost || _budget.IsThrottled(now))",
            "!cancel.IsLost"),
        new(
            "an attempt is taken back twice",
            Tracker,
            "        _copies.Refused(cancel, connectionId, now);\n",
            "        _copies.Refused(cancel, connectionId, now);\n        cancel.Attempts -= perhaps ? 0 : 1;\n"),
        new(
            "the correction of a remembered verdict is lost",
            Replies,
            "if (cancel.Stage == CancelStage.Open || kind > cancel.Reported.Kind || isFound)",
            "if (cancel.Stage == CancelStage.Open)"),
        new(
            "the grace for \"not found\" is ignored",
            Replies,
            "&& now - cancel.AcceptedAt < _options.NotFoundGrace && !_copies.IsExhausted(cancel);",
            "&& now - cancel.AcceptedAt < _options.NotFoundGrace / 2 && !_copies.IsExhausted(cancel);"),
        new(
            "a primary that owes answers keeps its rank",
            Copies,
            "if (owing != 0 && _connections.NoteOwing(owing) is var demoted and not 0)",
            "if (owing != 0 && 0 is var demoted and not 0)"),
        new(
            "what waits for a connection stays when one comes up",
            Tracker,
            "            if (cancel.Queue == CopyQueue.Connection)\n            {\n                Plan(cancel, now, effects);",
            "            if (cancel.Queue == CopyQueue.Connection && cancel.Attempts > 0)\n            {\n                Plan(cancel, "
            + "now, effects);"),
        new(
            "what a dead connection carried is not sent again",
            Tracker,
            "                CancelCopies.Lose(cancel);\n                Plan(cancel, now, effects);",
            "                CancelCopies.Lose(cancel);"),
        new(
            "an answer that comes before its copy is noted as written leaves the cancel waiting for a connection",
            Replies,
            "(cancel.Queue == CopyQueue.Connection && _connections.Up == 0)",
            "cancel.Queue == CopyQueue.Connection"),
        new(
            "the reserve of panics is open to all",
            Tracking + "AccountRateLimiter.cs",
            "        if (_tokens >= frames)\n        {",
            "        if (_tokens + _reserve >= frames)\n        {"),
        new(
            "a pause of the venue's holds back what a panic asks for",
            Tracking + "CopySchedule.cs",
            "cancel.Attempts > 0 && !cancel.IsUrgent && (",
            "cancel.Attempts > 0 && ("),
        new(
            "a change is not raised for whoever was told at a deadline",
            Replies,
            "cancel.HasCaller ? cancel.WasReported || !cancel.HasWaits : cancel.WasReported",
            "cancel.HasCaller ? !cancel.HasWaits && !cancel.WasReported : cancel.WasReported"),
        new(
            "a confirmation is read out of \"busy\"",
            Tracking + "ReplyMeaning.cs",
            "ReplyKind.Busy => new ReplyMeaning { Trouble = UnresolvedReason.Busy },",
            "ReplyKind.Busy => new ReplyMeaning { Kind = CancelOutcomeKind.Confirmed },"),
        new(
            "one read of the list is enough to call an order gone",
            Witness,
            "(false, ListSighting.Absent) when facts.IsOurs =>",
            "(false, _) when facts.IsOurs =>"),
        new(
            "a list that never had one of our orders is believed to be ours",
            Facts,
            "IsOurs = cancel.WasListed || (cancel.Stage == CancelStage.Open && oursSince < read.BeganAt),",
            "IsOurs = true,"),
        new(
            "a refusal falls to a list that never had the order",
            Facts,
            "cancel.WasListed || (cancel.Stage == CancelStage.Open && oursSince < read.BeganAt)",
            "oursSince < read.BeganAt"),
        new(
            "a reply is believed against the list",
            Witness,
            "isClosed ? ListStep.Reopen : ListStep.Note",
            "ListStep.Note"),
        new(
            "a read counts that began before the list could know of the cancel",
            Lists,
            "Math.Max(cancel.WrittenAt, cancel.StartedAt) + _options.ListLag!.Value",
            "Math.Max(cancel.WrittenAt, cancel.StartedAt)"),
        new(
            "a read counts of before the latest copy",
            Facts,
            "Before = cancel.SightedFrom >= from ? cancel.Sighting : ListSighting.None,",
            "Before = cancel.Sighting,"),
        new(
            "an order that is open after all stays counted as closed by its panic",
            Lists,
            "            panic.Reopen(before.Kind, PanicCounting.Counted(cancel, before.GoneReason));\n",
            "            _ = before;\n"),
        new(
            "a confirmation is forgotten before the list was asked about it",
            Replies,
            "cancel.Unanswered.Any || (HasList && !cancel.IsVerified);",
            "cancel.Unanswered.Any;"),
        new(
            "what is settled names no stay in the book",
            Replies,
            "new SettledOrder(cancel.Hash, kind, cancel.LastSlot, cancel.SlotGeneration, gone, keeper)",
            "new SettledOrder(cancel.Hash, kind, TrackedCancel.NoSlot, 0, gone, keeper)"),
        new(
            "a cancel whose order left the book takes the place of a later one that is resolved",
            Replies,
            "if (other.Stage == CancelStage.Open || other.AcceptedAt > cancel.AcceptedAt)",
            "if (other.Stage == CancelStage.Open)"),
    ];
}
