using System.Diagnostics;
using System.Text;
using Dmex.Fast.Connections;
using Dmex.Fast.Messages;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cancels;

/// <summary>
/// Between the table and the connection: sends copies of cancels, notes what became of their bytes, and takes the venue's
/// replies to the table. Thread-safe; nothing here waits.
/// </summary>
internal sealed class CancelDesk : ISendObserver
{
    private const int RepliesAtOnce = 16;
    private const int MaxReasonSize = 512;

    private readonly InFlightTable _table;
    private readonly VenueConnection _connection;
    private readonly IReplyClassifier _classifier;
    private readonly Action<long> _wakeBy;
    private readonly Action<Exception> _classifierFailed;

    private readonly MatchWatch _watch;

    // Used by the reader alone.
    private readonly Reply[] _replies = new Reply[RepliesAtOnce];
    private bool _classifierHasFailed;

    /// <param name="table">Where unresolved cancels stand.</param>
    /// <param name="connection">Carries them.</param>
    /// <param name="classifier">Says what replies mean.</param>
    /// <param name="unrecognisedThreshold">After so many cancels and messages without a match, it is told.</param>
    /// <param name="wakeBy">Makes sure that the clock looks at the table by then.</param>
    /// <param name="unrecognised">Told once, on the clock's thread, that nothing matches: must only hand on.</param>
    /// <param name="classifierFailed">Told once, on the reader's thread, what the classifier threw: must only hand on.</param>
    public CancelDesk(
        InFlightTable table,
        VenueConnection connection,
        IReplyClassifier classifier,
        int unrecognisedThreshold,
        Action<long> wakeBy,
        Action<RepliesUnrecognisedEventArgs> unrecognised,
        Action<Exception> classifierFailed)
    {
        _classifierFailed = classifierFailed;
        _table = table;
        _connection = connection;
        _classifier = classifier;
        _watch = new MatchWatch(unrecognisedThreshold, unrecognised);
        _wakeBy = wakeBy;
    }

    /// <summary>Sends a cancel that the table does not follow.</summary>
    public ValueTask<SendOutcome> SendAsync(in OrderHash hash, in Signature signature, CancellationToken cancellationToken)
    {
        Span<byte> message = stackalloc byte[CancelMessage.Length];
        CancelMessage.Write(hash, signature, message);
        return _connection.SendMessageAsync(message, cancellationToken);
    }

    /// <summary>Sends a copy for the table. What becomes of it is noted when it is known.</summary>
    public void Send(in CancelCopy copy)
    {
        Span<byte> message = stackalloc byte[CancelMessage.Length];
        CancelMessage.Write(copy.Hash, copy.Signature, message);
        _connection.SendMessage(message, this, copy.Entry, copy.Generation);
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
        while (_table.TryTakeSend(now, out var copy))
        {
            Send(copy);
        }

        _watch.Check(now);
        return _table.NextDue;
    }

    /// <summary>
    /// Takes a message from the reader. True when it was nothing but answers to cancels in the table; false when it is for
    /// the user's handler.
    /// </summary>
    public bool TakeReply(ReadOnlySpan<byte> message)
    {
        var now = Stopwatch.GetTimestamp();
        var matched = 0;
        var found = 0;
        try
        {
            while (true)
            {
                var summary = _classifier.Classify(message, _replies, found);
                for (var i = 0; i < summary.Count; i++)
                {
                    matched += Take(_replies[i], message, now) ? 1 : 0;
                }

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
            if (!_classifierHasFailed)
            {
                _classifierHasFailed = true;
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
            _table.MarkWritten(entry, generation, outcome.WrittenTimestamp, outcome.ConnectionId);
        }
        else
        {
            // The connection is gone or going, and whoever ends it fails what is in flight with the reason.
            _table.MarkNotWritten(entry, generation, perhaps: outcome.Kind == SendOutcomeKind.Unknown);
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

    private bool Take(in Reply reply, ReadOnlySpan<byte> message, long now)
    {
        var text = Text(reply, message);
        switch (reply.Kind)
        {
            case ReplyKind.Confirmed:
                return _table.Resolve(reply.Hash, CancelOutcomeKind.Confirmed, GoneReason.None, text, now, _connection.Id);
            case ReplyKind.Gone:
                return _table.Resolve(reply.Hash, CancelOutcomeKind.AlreadyGone, reply.Gone, text, now, _connection.Id);
            case ReplyKind.Rejected:
                return _table.Resolve(reply.Hash, CancelOutcomeKind.Rejected, GoneReason.None, text, now, _connection.Id);
            case ReplyKind.Throttled:
            case ReplyKind.Busy:
                var trouble = reply.Kind == ReplyKind.Throttled ? UnresolvedReason.Throttled : UnresolvedReason.Busy;
                var known = _table.Postpone(reply.Hash, trouble, text, reply.RetryAfter, now, _connection.Id);
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
