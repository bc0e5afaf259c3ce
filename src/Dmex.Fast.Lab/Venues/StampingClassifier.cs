using System.Diagnostics;

namespace Dmex.Fast.Lab.Venues;

/// <summary>The library's own classifier, taking down when each confirmation was read. Allocates nothing, never waits.</summary>
internal sealed class StampingClassifier(int most) : IReplyClassifier
{
    // One for each thread that reads: a connection's.
    [ThreadStatic]
    private static StampingSink? _sink;

    private readonly ReplyClassifier _inner = new();
    private readonly long[] _stamps = new long[most];
    private int _count;

    /// <summary>When confirmations were read, since the last reset; sorted.</summary>
    public long[] Stamps()
    {
        var stamps = _stamps[..Math.Min(Volatile.Read(ref _count), most)];
        Array.Sort(stamps);
        return stamps;
    }

    /// <summary>Forgets; while no answer is under way.</summary>
    public void Reset() => Volatile.Write(ref _count, 0);

    /// <inheritdoc/>
    public ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink) =>
        _inner.Classify(message, (_sink ??= new StampingSink()).Before(this, sink));

    private void Stamp()
    {
        if (Interlocked.Increment(ref _count) - 1 is var place && place < most)
        {
            _stamps[place] = Stopwatch.GetTimestamp();
        }
    }

    private sealed class StampingSink : IReplySink
    {
        private StampingClassifier? _classifier;
        private IReplySink? _next;

        public StampingSink Before(StampingClassifier classifier, IReplySink next)
        {
            (_classifier, _next) = (classifier, next);
            return this;
        }

        public bool OnReply(in Reply reply)
        {
            if (reply.Kind == ReplyKind.Confirmed)
            {
                _classifier!.Stamp();
            }

            return _next!.OnReply(in reply);
        }
    }
}
