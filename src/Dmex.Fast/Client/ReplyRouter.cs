using System.Diagnostics;
using Dmex.Fast.Connections;
using Dmex.Fast.Dispatch;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Client;

/// <summary>
/// Takes the venue's messages from the connections' readers, has them classified, and brings each verdict to the tracker. Thread-safe.
/// </summary>
internal sealed class ReplyRouter
{
    private readonly IReplyClassifier _classifier;
    private readonly CancelDispatcher _dispatcher;
    private readonly MatchWatch _watch;
    private readonly Action<Exception> _failed;
    private int _hasFailed;

    /// <param name="classifier">Says what messages mean; may be the user's.</param>
    /// <param name="dispatcher">Takes the verdicts.</param>
    /// <param name="watch">Notices when no message matches.</param>
    /// <param name="failed">Told once what the classifier threw: must only hand on.</param>
    public ReplyRouter(IReplyClassifier classifier, CancelDispatcher dispatcher, MatchWatch watch, Action<Exception> failed)
    {
        _classifier = classifier;
        _dispatcher = dispatcher;
        _watch = watch;
        _failed = failed;
    }

    /// <summary>
    /// Takes a message. True when it was nothing but answers to cancels that are known here; false when it is for the user's handler.
    /// </summary>
    public bool Take(VenueConnection connection, ReadOnlySpan<byte> message)
    {
        var now = Stopwatch.GetTimestamp();
        var delivery = connection.ReaderState as ReplyDelivery ?? AddDelivery(connection);
        var signal = ReplySignal.Unrecognized;
        try
        {
            var summary = delivery.Take(_classifier, message, now);
            signal = summary.Signal;
            if (summary.Signal is ReplySignal.Throttled or ReplySignal.Busy)
            {
                _dispatcher.Throttled(summary.RetryAfter, now);
            }
        }
#pragma warning disable CA1031 // The classifier may be the user's; whatever it throws must not end the reader.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Once: a classifier that always throws would push every other notice out of the queue.
            if (Interlocked.Exchange(ref _hasFailed, 1) == 0)
            {
                _failed(e);
            }
        }

        if (signal is ReplySignal.Unrecognized or ReplySignal.ErrorWithoutHash && !delivery.IsStopped)
        {
            _dispatcher.NoteUnknown(message);
        }

        if (delivery.Matched > 0)
        {
            connection.NoteAnswer();
        }

        _watch.Received(message, delivery.Matched > 0);
        return delivery.Found > 0 && delivery.Matched == delivery.Found;
    }

    private ReplyDelivery AddDelivery(VenueConnection connection)
    {
        var delivery = new ReplyDelivery(_dispatcher, connection);
        connection.ReaderState = delivery;
        return delivery;
    }

    /// <summary>Tells what is to be told by now; returns when to look again.</summary>
    public long Tick(long now)
    {
        _watch.Check(now);
        return long.MaxValue;
    }
}
