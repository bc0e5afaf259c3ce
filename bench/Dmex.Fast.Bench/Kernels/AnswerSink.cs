using System.Diagnostics;
using Dmex.Fast.Connections;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Classifies what comes from a connection, on the connection's own thread, and tells when it had.</summary>
internal sealed class AnswerSink : IConnectionSink, IReplySink, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly ReplyClassifier _classifier = new();
    private readonly ManualResetEventSlim _classified = new(initialState: false, spinCount: 0);
    private long _at;

    /// <summary>Before what is answered next is sent.</summary>
    public void Reset() => _classified.Reset();

    /// <summary>Waits for a reply; returns the time stamp of its classification.</summary>
    public long Wait()
    {
        Check.True(_classified.Wait(Deadline), "the reply comes");
        return _at;
    }

    public void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
    {
        Check.True(_classifier.Classify(payload, this).Count == 1, "the message is one reply");
        _at = Stopwatch.GetTimestamp();
        _classified.Set();
    }

    public bool OnReply(in Reply reply)
    {
        Check.True(reply.Kind == ReplyKind.Confirmed, "the reply is a confirmation");
        return true;
    }

    public void OnStateChanged(VenueConnection connection, ConnectionState state)
    {
    }

    public void OnFault(Exception exception) => Check.True(false, exception.Message);

    public void Dispose() => _classified.Dispose();
}
