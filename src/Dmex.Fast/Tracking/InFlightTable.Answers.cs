using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <content>What the venue says of an order, and what follows from it.</content>
internal sealed partial class InFlightTable
{
    /// <summary>Takes the venue's verdict on an order, read from a connection; false when the order is not in the table.</summary>
    public bool Resolve(
        in OrderHash hash, CancelOutcomeKind kind, GoneReason gone, string? text, long now, int connectionId = 1)
    {
        CancelWait? told;
        OutcomeChangedEventArgs? change = null;
        lock (_lock)
        {
            var entry = _entries.Find(hash);
            if (entry is null)
            {
                return false;
            }

            if (!entry.Open && kind <= entry.Reported.Kind)
            {
                return true; // said before, or weaker than what was said before
            }

            NoteAnswer(entry, now, connectionId);
            if (entry.Open && Decides(entry, kind, gone, text, now) is false)
            {
                return true;
            }

            var outcome = entry.Outcome(kind, UnresolvedReason.None, gone, text, now);
            if (entry.WasReported || !entry.HasWaits)
            {
                change = new OutcomeChangedEventArgs(entry.Hash, LastTold(entry), outcome);
            }

            told = DetachWaits(entry, outcome);
            Settle(entry, outcome);
            AdmitFromRoom(now);
        }

        Deliver(told);
        Raise(change);
        return true;
    }

    /// <summary>
    /// Takes an answer that decides nothing (throttled, busy): the order stays unresolved and is sent again after a while,
    /// within a limit an order. False when the order is not in the table.
    /// </summary>
    /// <param name="hash">The order.</param>
    /// <param name="trouble">Throttled or busy.</param>
    /// <param name="text">The venue's words.</param>
    /// <param name="retryAfter">How long the venue asks to wait, at least.</param>
    /// <param name="now">The time.</param>
    /// <param name="connectionId">The connection that it was read from.</param>
    public bool Postpone(in OrderHash hash, UnresolvedReason trouble, string? text, TimeSpan? retryAfter, long now, int connectionId = 1)
    {
        lock (_lock)
        {
            if (trouble == UnresolvedReason.Throttled)
            {
                _budget.Throttled(now, retryAfter);
            }

            var entry = _entries.Find(hash);
            if (entry is null)
            {
                return false;
            }

            if (entry.Open)
            {
                NoteAnswer(entry, now, connectionId);
                _ = TryPostpone(entry, trouble, text, retryAfter, now);
            }

            return true;
        }
    }

    private void NoteAnswer(InFlightEntry entry, long now, int connectionId)
    {
        if ((entry.WrittenOn & InFlightEntry.Bit(connectionId)) != 0)
        {
            _answers.NoteAnswered(connectionId, entry.Written, now);
        }

        entry.NoteAnswer(now, connectionId);
    }

    /// <summary>
    /// Whether a verdict ends the cancel. A refusal does not while another copy is outstanding, which may yet succeed; nor
    /// does "not found" shortly after the cancel was accepted, which may have overtaken its order.
    /// </summary>
    private bool Decides(InFlightEntry entry, CancelOutcomeKind kind, GoneReason gone, string? text, long now)
    {
        if (kind == CancelOutcomeKind.Rejected && (entry.SendingOn | entry.WrittenOn) != 0)
        {
            return false;
        }

        return kind != CancelOutcomeKind.AlreadyGone || gone != GoneReason.NotFound
            || now - entry.Accepted >= _resends.NotFoundGrace
            || !TryPostpone(entry, UnresolvedReason.None, text, null, now);
    }

    /// <summary>False when it may not be sent again.</summary>
    private bool TryPostpone(InFlightEntry entry, UnresolvedReason trouble, string? text, TimeSpan? retryAfter, long now)
    {
        entry.Trouble = trouble;
        entry.TroubleText = text;
        entry.TroubleAt = now;
        if ((entry.SendingOn | entry.WrittenOn) != 0 || entry.Waiting || entry.NextSend is NextSend.Resend or NextSend.AtOnce)
        {
            return true;
        }

        Unschedule(entry);
        if (_stopped != UnresolvedReason.None || entry.Resends >= _resends.MaxPerOrder)
        {
            return false;
        }

        Schedule(entry, NextSend.Resend, now + ResendPolicy.Delay(entry.Resends, retryAfter));
        entry.Resends++;
        return true;
    }
}
