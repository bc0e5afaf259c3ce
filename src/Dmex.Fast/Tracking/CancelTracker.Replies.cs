using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <content>What the venue says about an order, and what follows from it.</content>
internal sealed partial class CancelTracker
{
    /// <summary>Takes what the venue said about an order that this tracker knows.</summary>
    /// <param name="cancel">Open or remembered.</param>
    /// <param name="reply">What was said.</param>
    /// <param name="connectionId">The connection that it was read from.</param>
    /// <param name="incarnation">The life of that connection.</param>
    /// <param name="now">When it was read.</param>
    /// <param name="effects">Receives what is to be done.</param>
    public void Replied(
        TrackedCancel cancel, in TrackedReply reply, int connectionId, long incarnation, long now, TrackerEffects effects)
    {
        var meaning = ReplyMeaning.Of(reply);
        cancel.IsLive |= reply.IsLive && cancel.Stage == CancelStage.Open; // later, it is counted already
        if (meaning.IsVerdict || meaning.Trouble != UnresolvedReason.None)
        {
            NoteAnswer(cancel, connectionId, incarnation, now);
        }
        else
        {
            // Not an answer, but the connection is alive to cancels: those that it owes answers to are waited for.
            _connections.NoteSign(connectionId, incarnation, now);
            cancel.Acknowledgments += reply.Kind == ReplyKind.Acknowledged ? 1 : 0;
        }

        if (meaning.Trouble == UnresolvedReason.Throttled)
        {
            Throttled(reply.RetryAfter, now);
        }

        if (meaning.Trouble != UnresolvedReason.None || (meaning.IsNotFound && MayBeEarly(cancel, reply, now)))
        {
            PutOff(cancel, meaning.Trouble, reply, now, effects);
        }
        else if (meaning.Kind == CancelOutcomeKind.Rejected && cancel.Stage == CancelStage.Open && cancel.HasLiveCopy)
        {
            HoldRefusal(cancel, reply, now, effects);
        }
        else if (meaning.IsVerdict)
        {
            Conclude(cancel, meaning.Kind, meaning.Gone, reply.Text, now, effects);
        }
    }

    /// <summary>
    /// Takes what the venue said about an order that is only armed: one that was canceled otherwise leaves the book. "Not found" says
    /// nothing about an order that may not have reached the venue.
    /// </summary>
    /// <returns>Whether it says that the order is closed.</returns>
    public static bool RepliedUntracked(in OrderHash hash, in TrackedReply reply, TrackerEffects effects)
    {
        var meaning = ReplyMeaning.Of(reply);
        if (meaning.Kind is not (CancelOutcomeKind.Confirmed or CancelOutcomeKind.AlreadyGone) || (meaning.IsNotFound && !reply.IsLive))
        {
            return false;
        }

        effects.Settled.Add(new SettledOrder(hash, meaning.Kind, TrackedCancel.NoSlot, 0, meaning.Gone));
        return true;
    }

    /// <summary>A message came that no rule ascribes to an order: callers without an answer are told of it.</summary>
    public void NoteUnknown(ReadOnlySpan<byte> message)
    {
        if (_cancels.OpenCount > 0)
        {
            _unknown.Add(message);
        }
    }

    /// <summary>
    /// A connection has answered a copy, the oldest that it owes an answer to. The answer can be read before the sender has told that
    /// the copy was written: it was, before the answer came.
    /// </summary>
    private void NoteAnswer(TrackedCancel cancel, int connectionId, long incarnation, long now)
    {
        if (!_connections.IsCurrent(connectionId, incarnation))
        {
            return;
        }

        var bit = ConnectionTable.Bit(connectionId);
        var isAwaited = (cancel.AwaitedOn & bit) != 0;
        if (cancel.Unanswered.Of(connectionId) > 0)
        {
            cancel.Unanswered.TakeOne(connectionId);
        }
        else if ((cancel.SendingOn & bit) != 0)
        {
            PanicCounting.NoteWritten(cancel, connectionId, now);
            cancel.EndSending(connectionId);
            cancel.IsLost = false;
        }

        if (cancel.Unanswered.Of(connectionId) == 0)
        {
            cancel.AwaitedOn &= ~bit;
            cancel.AvoidOn &= ~bit;
        }

        _connections.NoteAnswer(connectionId, isAwaited ? cancel.WrittenAt : 0, now);
    }

    /// <summary>
    /// "Not found" shortly after the cancel was accepted may mean that it overtook its order, unless the venue is known to have had it.
    /// </summary>
    private bool MayBeEarly(TrackedCancel cancel, in TrackedReply reply, long now) =>
        cancel.Stage == CancelStage.Open && _stopped == UnresolvedReason.None && !reply.IsLive
        && now - cancel.AcceptedAt < _options.NotFoundGrace && !_copies.IsExhausted(cancel);

    /// <summary>An answer that decides nothing: the order is sent again after a while, unless another copy is under way.</summary>
    private void PutOff(TrackedCancel cancel, UnresolvedReason trouble, in TrackedReply reply, long now, TrackerEffects effects)
    {
        if (cancel.Stage != CancelStage.Open)
        {
            return;
        }

        cancel.Trouble = trouble;
        cancel.TroubleText = reply.Text;
        cancel.TroubleAt = now;
        if (cancel.Panic is { } panic && trouble != UnresolvedReason.None)
        {
            panic.PutOff++;
        }

        if (cancel.Queue is CopyQueue.Budget or CopyQueue.Rate || (cancel.Queue == CopyQueue.Connection && _connections.Up == 0))
        {
            return; // its next copy is on its way already
        }

        if (cancel.IsUrgent)
        {
            Plan(cancel, now, effects); // it waited for a connection that kept the last copy, and may go there now
            return;
        }

        cancel.IsLost = false;
        cancel.PutOffUntil = Math.Max(cancel.PutOffUntil, now + _retries.Delay(cancel.Resends, reply.RetryAfter));
        Plan(cancel, now, effects);
    }

    /// <summary>The venue refused one copy; another may yet succeed, and is given the time that an answer takes.</summary>
    private void HoldRefusal(TrackedCancel cancel, in TrackedReply reply, long now, TrackerEffects effects)
    {
        cancel.IsRefused = true;
        cancel.TroubleText = reply.Text;
        cancel.TroubleAt = now;
        Plan(cancel, now, effects);
    }

    /// <summary>A verdict. One that was said before, or is weaker than what was said before, changes nothing.</summary>
    private void Conclude(
        TrackedCancel cancel, CancelOutcomeKind kind, GoneReason gone, string? text, long now, TrackerEffects effects)
    {
        // "Not found" says the least of all that an order is gone.
        var isFound = kind == CancelOutcomeKind.AlreadyGone && gone != GoneReason.NotFound
            && cancel.Reported is { Kind: CancelOutcomeKind.AlreadyGone, GoneReason: GoneReason.NotFound };
        if (cancel.Stage == CancelStage.Open || kind > cancel.Reported.Kind || isFound)
        {
            Settle(cancel, kind, gone, text, now, effects);
        }
    }

    /// <summary>
    /// Keeps a verdict and tells it. Anything but a confirmation is remembered for a correction; a confirmation too while answers to
    /// other copies are to come, so that they are known for what they are, or while the venue's list is to say the same.
    /// </summary>
    private void Settle(
        TrackedCancel cancel, CancelOutcomeKind kind, GoneReason gone, string? text, long now, TrackerEffects effects)
    {
        if (cancel is { Stage: CancelStage.Open, IsMapped: false } && _cancels.MappedCount > 0 && _cancels.Find(cancel.Hash) is { } other)
        {
            if (other.Stage == CancelStage.Open || other.AcceptedAt > cancel.AcceptedAt)
            {
                // Its order left the book without notice and was canceled again: that later cancel reports for the order.
                GiveUp(cancel, UnresolvedReason.Abandoned, now, effects);
                return;
            }

            _cancels.Remove(other); // an earlier cancel of the order that is remembered
        }

        var outcome = cancel.Outcome(kind, UnresolvedReason.None, gone, text, now);
        NoteChange(cancel, outcome, effects);
        PanicCounting.Settle(cancel, outcome, now, effects);

        // An order that no panic fired and the venue never had stays armed: it may be on its way to the venue.
        var mayComeYet = gone is GoneReason.NotFound or GoneReason.NotListed && !cancel.IsLive && cancel.Panic is null;
        if (_options.BookCapacity > 0 && !mayComeYet)
        {
            var keeper = HasList && cancel.Slot != TrackedCancel.NoSlot && !cancel.IsMapped ? cancel : null;
            effects.Settled.Add(new SettledOrder(cancel.Hash, kind, cancel.LastSlot, cancel.SlotGeneration, gone, keeper));
        }

        _schedule.Remove(cancel);
        cancel.CountSendingAsUnanswered();
        var isExpected = kind != CancelOutcomeKind.Confirmed || cancel.Unanswered.Any || (HasList && !cancel.IsVerified);
        _waits.Tell(cancel, outcome, effects);
        cancel.Invalidate();
        if (cancel.Stage == CancelStage.Open && isExpected)
        {
            _cancels.Remember(cancel);
        }
        else if (!isExpected)
        {
            _cancels.Remove(cancel);
            return;
        }

        _cancels.SetAwaitsList(cancel, HasList && !cancel.IsVerified && kind != CancelOutcomeKind.Rejected);
    }

    /// <summary>Reports a change to callers that were told something else before, or that no longer wait.</summary>
    private void NoteChange(TrackedCancel cancel, in CancelOutcome outcome, TrackerEffects effects)
    {
        if (cancel.HasCaller ? cancel.WasReported || !cancel.HasWaits : cancel.WasReported)
        {
            effects.Changes.Add(new OutcomeChangedEventArgs(cancel.Hash, cancel.Reported, outcome));
        }
        else if (cancel.Stage == CancelStage.Open && cancel.Panic is { IsReported: true })
        {
            var before = Unresolved(cancel, UnresolvedReason.Deadline, cancel.TroubleText, cancel.AcceptedAt);
            effects.Changes.Add(new OutcomeChangedEventArgs(cancel.Hash, before, outcome));
        }
    }

    /// <summary>Unresolved, for a reason, with what came that no rule knows.</summary>
    private CancelOutcome Unresolved(TrackedCancel cancel, UnresolvedReason reason, string? text, long now)
    {
        var unknown = _unknown.Count - cancel.UnknownBefore;
        return cancel.Outcome(CancelOutcomeKind.Unresolved, reason, GoneReason.None, text, now) with
        {
            UnknownMessages = unknown,
            LastUnknownMessage = unknown > 0 ? _unknown.Excerpt : null,
        };
    }
}
