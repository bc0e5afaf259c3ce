using System.Diagnostics;
using System.Numerics;
using System.Text;
using Dmex.Fast.Connections;
using Dmex.Fast.Panics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Client;

/// <summary>
/// Between the table and the connection: sends copies of cancels, notes what became of their bytes, and takes the venue's
/// replies to the table. Thread-safe; nothing here waits.
/// </summary>
internal sealed class CancelDesk : ISendObserver
{
    private const int MaxReasonSize = 512;

    private readonly InFlightTable _table;
    private readonly ConnectionSet _connections;
    private readonly bool _broadcasts;
    private readonly PanicBurst? _panic;
    private readonly IReplyClassifier _classifier;
    private readonly Action<long> _wakeBy;
    private readonly Action<Exception> _classifierFailed;

    private readonly MatchWatch _watch;

    private int _classifierHasFailed;

    /// <param name="table">Where unresolved cancels stand.</param>
    /// <param name="connections">Carry them.</param>
    /// <param name="broadcasts">Whether a cancel goes out on every connection.</param>
    /// <param name="panic">Follows what is fired from the book; null when there is no book.</param>
    /// <param name="classifier">Says what replies mean.</param>
    /// <param name="unrecognizedThreshold">After so many cancels and messages without a match, it is told.</param>
    /// <param name="wakeBy">Makes sure that the clock looks at the table by then.</param>
    /// <param name="unrecognized">Told once, on the clock's thread, that nothing matches: must only hand on.</param>
    /// <param name="classifierFailed">Told once, on the reader's thread, what the classifier threw: must only hand on.</param>
    public CancelDesk(
        InFlightTable table,
        ConnectionSet connections,
        bool broadcasts,
        PanicBurst? panic,
        IReplyClassifier classifier,
        int unrecognizedThreshold,
        Action<long> wakeBy,
        Action<RepliesUnrecognizedEventArgs> unrecognized,
        Action<Exception> classifierFailed)
    {
        _classifierFailed = classifierFailed;
        _table = table;
        _connections = connections;
        _broadcasts = broadcasts;
        _panic = panic;
        _classifier = classifier;
        _watch = new MatchWatch(unrecognizedThreshold, unrecognized);
        _wakeBy = wakeBy;
    }

    /// <summary>Sends a cancel that the table does not follow; what is told is the fate of the primary connection's copy.</summary>
    /// <param name="primary">The connection that carries the work.</param>
    /// <param name="hash">The order.</param>
    /// <param name="signature">Its cancel's signature.</param>
    /// <param name="cancellationToken">Withdraws the primary's copy while it waits for room.</param>
    public ValueTask<SendOutcome> SendAsync(
        VenueConnection primary, in OrderHash hash, in Signature signature, CancellationToken cancellationToken)
    {
        Span<byte> message = stackalloc byte[CancelMessage.Length];
        CancelMessage.Write(hash, signature, message);
        var sending = primary.SendMessageAsync(message, cancellationToken);
        for (var others = _broadcasts ? _connections.ReadyMask : 0; others != 0; others &= others - 1)
        {
            var other = _connections.Find(BitOperations.TrailingZeroCount(others) + 1);
            if (other is not null && other != primary)
            {
                other.SendMessage(message, NobodyAsks.Instance, this, 0);
            }
        }

        return sending;
    }

    /// <summary>Sends a copy for the table, to each of its targets. What becomes of it is noted when it is known.</summary>
    public void Send(in CancelCopy copy)
    {
        Span<byte> message = stackalloc byte[CancelMessage.Length];
        CancelMessage.Write(copy.Hash, copy.Signature, message);
        for (var targets = copy.Targets; targets != 0; targets &= targets - 1)
        {
            var id = BitOperations.TrailingZeroCount(targets) + 1;
            if (_connections.Find(id) is { } connection)
            {
                connection.SendMessage(message, this, copy.Entry, copy.Generation);
            }
            else
            {
                NoteNotWritten(copy.Entry, copy.Generation, perhaps: false, id);
            }
        }
    }

    /// <summary>Sends the copies that are due.</summary>
    public void SendDue(long now)
    {
        while (_table.TryTakeSend(now, out var copy))
        {
            Send(copy);
        }
    }

    /// <summary>A connection is ready: what waited for one goes out on it.</summary>
    public void OnReady()
    {
        var now = Stopwatch.GetTimestamp();
        _table.ReleaseWaiting(now);
        SendDue(now);
        _panic?.OnReady();
    }

    /// <summary>A connection ended: what it carried goes out on another, or waits for one.</summary>
    public void OnDown(ConnectionLoss loss, bool wasLast)
    {
        var now = Stopwatch.GetTimestamp();
        _panic?.OnDown(loss.ConnectionId);
        _table.LoseConnection(loss.ConnectionId, wasLast, loss.Description, now);
        SendDue(now);
    }

    /// <summary>Does what the table decided about a caller's cancel, and gives what the caller awaits.</summary>
    public ValueTask<CancelOutcome> Conclude(AcceptResult result, CancelWait? wait, in CancelCopy copy, long now, long timeout)
    {
        if (wait is null)
        {
            return new ValueTask<CancelOutcome>(NotAccepted(result, now));
        }

        // Before sending: the wait may be decided, but is not given back to the pool, until the caller takes the result.
        var task = wait.Task;
        if (timeout < long.MaxValue - now)
        {
            _wakeBy(now + timeout);
        }

        if (result == AcceptResult.Send)
        {
            Send(copy);
        }
        else if (_table.HasRateBudget)
        {
            _wakeBy(_table.NextDue);
        }

        return task;
    }

    /// <summary>Gives a cancel up; false when it is not unresolved.</summary>
    public bool Abandon(in OrderHash hash)
    {
        var found = _table.Abandon(hash, Stopwatch.GetTimestamp());
        if (_table.AdmitsWhenResolved)
        {
            _wakeBy(_table.NextDue);
        }

        return found;
    }

    /// <summary>Sends the copies that are due, ends the waits that are over, and says when to look again. By the clock's thread.</summary>
    public long Tick(long now)
    {
        _table.ExpireDue(now);
        SendDue(now);
        _watch.Check(now);
        return _table.NextDue;
    }

    /// <summary>
    /// Takes a message from a connection's reader. True when it was nothing but answers to cancels in the table; false when it is for
    /// the user's handler.
    /// </summary>
    public bool TakeReply(VenueConnection connection, ReadOnlySpan<byte> message)
    {
        var now = Stopwatch.GetTimestamp();
        var replies = connection.Replies;
        var matched = 0;
        var found = 0;
        try
        {
            while (true)
            {
                var summary = _classifier.Classify(message, replies, found);
                for (var i = 0; i < summary.Count; i++)
                {
                    var isFired = _panic is not null && _panic.TakeReply(replies[i], now, connection.Id);
                    matched += Take(replies[i], message, now, connection.Id) || isFired ? 1 : 0;
                }

                TakeSignal(summary, now);

                found += summary.Count;
                if (!summary.Truncated || summary.Count <= 0)
                {
                    break;
                }
            }
        }
#pragma warning disable CA1031 // The classifier may be the user's; whatever it throws must not end the reader.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Once: a classifier that always throws would push every other notice out of the queue.
            if (Interlocked.Exchange(ref _classifierHasFailed, 1) == 0)
            {
                _classifierFailed(e);
            }
        }

        if (matched > 0 && _table.AdmitsWhenResolved)
        {
            _wakeBy(_table.NextDue);
        }

        _watch.Received(message, matched > 0);
        return found > 0 && matched == found;
    }

    void ISendObserver.Sent(object state, uint generation, in SendOutcome outcome)
    {
        var entry = (InFlightEntry)state;
        if (outcome.Kind == SendOutcomeKind.Written)
        {
            _watch.Written(outcome.WrittenTimestamp);
            var due = _table.MarkWritten(entry, generation, outcome.WrittenTimestamp, outcome.ConnectionId);
            if (due != long.MaxValue)
            {
                _wakeBy(due);
            }
        }
        else
        {
            NoteNotWritten(entry, generation, perhaps: outcome.Kind == SendOutcomeKind.Unknown, outcome.ConnectionId);
        }
    }

    private void NoteNotWritten(InFlightEntry entry, uint generation, bool perhaps, int connectionId)
    {
        var now = Stopwatch.GetTimestamp();
        _table.MarkNotWritten(entry, generation, perhaps, connectionId, now);
        _wakeBy(now);
    }

    /// <summary>What a message says that names no order: of a limit, re-sending takes heed.</summary>
    private void TakeSignal(in ReplySummary summary, long now)
    {
        if (summary.Signal is ReplySignal.Throttled or ReplySignal.Busy)
        {
            _table.Throttle(summary.RetryAfter, now);
        }
    }

    private CancelOutcome NotAccepted(AcceptResult result, long now)
    {
        var (reason, text) = result == AcceptResult.Stopped ? _table.Stopped : (UnresolvedReason.TableFull, null);
        return new CancelOutcome
        {
            Kind = CancelOutcomeKind.Unresolved,
            UnresolvedReason = reason,
            Reason = text,
            AcceptedTimestamp = now,
            ResolvedTimestamp = now,
        };
    }

    private bool Take(in Reply reply, ReadOnlySpan<byte> message, long now, int connectionId)
    {
        var text = Text(reply, message);
        switch (reply.Kind)
        {
            case ReplyKind.Confirmed:
                return _table.Resolve(reply.Hash, CancelOutcomeKind.Confirmed, GoneReason.None, text, now, connectionId);
            case ReplyKind.Gone:
                var isKnown = _table.Resolve(reply.Hash, CancelOutcomeKind.AlreadyGone, reply.Gone, text, now, connectionId);
                if (reply.Gone == GoneReason.NotFound)
                {
                    _wakeBy(_table.NextDue); // it may have been put off
                }

                return isKnown;
            case ReplyKind.Rejected:
                return _table.Resolve(reply.Hash, CancelOutcomeKind.Rejected, GoneReason.None, text, now, connectionId);
            case ReplyKind.Throttled:
            case ReplyKind.Busy:
                var trouble = reply.Kind == ReplyKind.Throttled ? UnresolvedReason.Throttled : UnresolvedReason.Busy;
                var known = _table.Postpone(reply.Hash, trouble, text, reply.RetryAfter, now, connectionId);
                _wakeBy(_table.NextDue);
                return known;
            default:
                return false;
        }
    }

    private static string? Text(in Reply reply, ReadOnlySpan<byte> message)
    {
        // A classifier of the user's may point anywhere.
        if (reply.ReasonLength <= 0 || reply.ReasonOffset < 0 || reply.ReasonOffset > message.Length - reply.ReasonLength)
        {
            return null;
        }

        return Encoding.UTF8.GetString(message.Slice(reply.ReasonOffset, Math.Min(reply.ReasonLength, MaxReasonSize)));
    }
}
