using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <content>The venue's own list of open orders, as a second witness.</content>
internal sealed partial class CancelTracker
{
    private const string StillListed = "The venue's list of open orders has it, twice in a row, after its cancel.";
    private const string NotListedAnyMore = "The venue's list of open orders did not have it, twice in a row, after its cancel.";

    // When a read began that had an order of ours; the silence of later ones counts.
    private long _oursSince = long.MaxValue;

    /// <summary>Whether a read of the list would tell anything: something is unresolved, or was told by one witness alone.</summary>
    public bool WantsList => _stopped == UnresolvedReason.None && HasList && (_cancels.OpenCount > 0 || _cancels.AwaitingListCount > 0);

    private bool HasList => _options.ListLag is not null;

    /// <summary>
    /// Compares a read of the list with the cancels, a number of them at a time, so that the caller's lock is never held for long. What
    /// comes in between was not written when the read began, and the read does not count for it.
    /// </summary>
    /// <param name="read">The read; one after the other.</param>
    /// <param name="cursor">Where to go on; 0 at first.</param>
    /// <param name="max">How many places to look at.</param>
    /// <param name="now">The time.</param>
    /// <param name="effects">Receives what is to be done.</param>
    /// <returns>Whether there is more to compare.</returns>
    public bool Compare(in ListRead read, ref int cursor, int max, long now, TrackerEffects effects)
    {
        for (var end = Math.Min(cursor + max, _cancels.Places); cursor < end; cursor++)
        {
            if (_stopped == UnresolvedReason.None && HasList && _cancels.At(cursor) is { Stage: not CancelStage.Free } cancel)
            {
                Compare(read, cancel, now, effects);
            }
        }

        return cursor < _cancels.Places;
    }

    private void Compare(in ListRead read, TrackedCancel cancel, long now, TrackerEffects effects)
    {
        if (!cancel.WasListed && read.Knows(cancel.Hash))
        {
            cancel.WasListed = true;
            _oursSince = Math.Min(_oursSince, read.BeganAt);
        }

        // Of a copy that a connection has had for longer than it takes to write one, it is not known when it was, or whether.
        var from = cancel.Attempts > 0 ? Math.Max(cancel.WrittenAt, cancel.StartedAt) + _options.ListLag!.Value : long.MaxValue;
        var facts = ListFacts.Of(cancel, read, from, _options.NotFoundGrace, _oursSince);
        var step = ListWitness.Decide(facts);
        if (step == ListStep.Ignore)
        {
            return;
        }

        cancel.Sighting = facts.IsListed ? ListSighting.Listed : ListSighting.Absent;
        cancel.SightedFrom = read.BeganAt;
        cancel.SightedUntil = read.EndedAt;
        switch (step)
        {
            case ListStep.NoteOpen:
                NoteOpen(cancel, now);
                break;
            case ListStep.TellGone:
                cancel.IsVerified = true;
                Settle(cancel, CancelOutcomeKind.AlreadyGone, GoneReason.NotListed, NotListedAnyMore, now, effects);
                break;
            case ListStep.Agree:
                Agree(cancel, effects);
                break;
            case ListStep.Reopen:
                Reopen(cancel, now, effects);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Fires an order that is listed as open, with a signature that no book holds. One that is resolved already waits for what the list
    /// says of it: that decides whether it goes out again.
    /// </summary>
    /// <param name="known">The cancel of the order, open or remembered; null for none.</param>
    /// <param name="hash">The order.</param>
    /// <param name="signature">Its cancel's.</param>
    /// <param name="panic">Counts it, unless another does.</param>
    /// <param name="now">The time.</param>
    /// <param name="effects">Receives what is to be done.</param>
    /// <returns>False when there is no room: nothing changed.</returns>
    public bool TryFireListed(
        TrackedCancel? known, in OrderHash hash, in Signature signature, PanicTally panic, long now, TrackerEffects effects)
    {
        if (known is null && !_cancels.HasRoom)
        {
            return false;
        }

        if (known is null)
        {
            known = _cancels.Add(hash, now);
            known.Signature = signature;
            known.IsLive = true;
        }
        else if (known.Stage != CancelStage.Open)
        {
            return true;
        }

        if (known.Panic is null)
        {
            PanicCounting.Count(known, panic);
        }

        if (!_copies.IsUnderWay(known, now))
        {
            known.PutOffUntil = 0;
            known.IsUrgent = known.Attempts > 0;
        }

        Plan(known, now, effects);
        return true;
    }

    /// <summary>
    /// A remembered cancel has no signature to go out again with: its order had left the book before, and where it came back, it has
    /// another cancel.
    /// </summary>
    public void ForgetSettled(TrackedCancel cancel)
    {
        if (cancel.Stage == CancelStage.Settled)
        {
            _cancels.Remove(cancel);
        }
    }

    private static void NoteOpen(TrackedCancel cancel, long now)
    {
        cancel.IsLive = true;
        cancel.Trouble = UnresolvedReason.StillOpen;
        cancel.TroubleText = StillListed;
        cancel.TroubleAt = now;
    }

    /// <summary>Both witnesses say the same: who asked is told, and what is certain needs no memory.</summary>
    private void Agree(TrackedCancel cancel, TrackerEffects effects)
    {
        if (!cancel.AwaitsList)
        {
            return;
        }

        _cancels.SetAwaitsList(cancel, false);
        cancel.IsVerified = true;
        var before = cancel.Reported;
        cancel.Reported = before with { Evidence = CancelEvidence.Both };
        if (cancel.HasCaller)
        {
            effects.Changes.Add(new OutcomeChangedEventArgs(cancel.Hash, before, cancel.Reported));
        }

        if (before.Kind == CancelOutcomeKind.Confirmed && !cancel.Unanswered.Any)
        {
            _cancels.Remove(cancel);
        }
    }

    /// <summary>The reply said closed, and the list says open: the order is unresolved again, and its cancel goes out again.</summary>
    private void Reopen(TrackedCancel cancel, long now, TrackerEffects effects)
    {
        var before = cancel.Reported;
        if (cancel.Panic is { IsOver: false } panic && panic.Number == cancel.PanicNumber)
        {
            panic.Reopen(before.Kind, PanicCounting.Counted(cancel, before.GoneReason));
        }
        else
        {
            cancel.Panic = null;
        }

        _cancels.Reopen(cancel);
        cancel.IsVerified = cancel.IsRefused = cancel.IsUrgent = cancel.IsLost = false;
        cancel.PutOffUntil = 0;
        cancel.AvoidOn = 0;
        cancel.Unanswered = default; // connections have ended since without its knowledge
        NoteOpen(cancel, now);
        _waits.Tell(cancel, Unresolved(cancel, UnresolvedReason.StillOpen, StillListed, now), effects);
        effects.Changes.Add(new OutcomeChangedEventArgs(cancel.Hash, before, cancel.Reported));
        Plan(cancel, now, effects);
    }
}
