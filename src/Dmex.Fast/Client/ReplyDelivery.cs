using System.Text;
using Dmex.Fast.Connections;
using Dmex.Fast.Dispatch;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Client;

/// <summary>
/// Brings the verdicts of one message after the other to the tracker. Belongs to one life of a connection and runs on its reader's
/// thread, so that nothing is allocated a message.
/// </summary>
/// <param name="dispatcher">Takes the verdicts.</param>
/// <param name="connection">Whose messages they are.</param>
internal sealed unsafe class ReplyDelivery(CancelDispatcher dispatcher, VenueConnection connection) : IReplySink
{
    private const int MaxReasonSize = 512;

    private long _now;

    // The message, pinned while it is classified: a span cannot be kept in an object.
    private byte* _message;
    private int _length;

    /// <summary>Verdicts in the message.</summary>
    public int Found { get; private set; }

    /// <summary>Verdicts about orders that are known here.</summary>
    public int Matched { get; private set; }

    /// <summary>Once the connection has ended, nobody waits for what a message says further on.</summary>
    public bool IsStopped => connection.Loss is not null;

    /// <summary>Has a message classified; what it says as a whole is returned.</summary>
    /// <param name="classifier">Tells the verdicts.</param>
    /// <param name="message">The message.</param>
    /// <param name="now">When it was read, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <exception cref="Exception">What the classifier threw, which may be the user's.</exception>
    public ReplySummary Take(IReplyClassifier classifier, ReadOnlySpan<byte> message, long now)
    {
        _now = now;
        Found = 0;
        Matched = 0;
        fixed (byte* bytes = message)
        {
            _message = bytes;
            _length = message.Length;
            try
            {
                return classifier.Classify(message, this);
            }
            finally
            {
                _message = null;
                _length = 0;
            }
        }
    }

    /// <inheritdoc/>
    public bool OnReply(in Reply reply)
    {
        Found++;
        var text = Text(reply, new ReadOnlySpan<byte>(_message, _length));
        var tracked = new TrackedReply(reply.Kind, reply.Gone, reply.RetryAfter, text, IsLive: false);
        Matched += dispatcher.Replied(reply.Hash, tracked, connection, _now) ? 1 : 0;

        // What follows is of no use once the connection has ended, and reading it on would hold up its closing.
        return !IsStopped;
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
