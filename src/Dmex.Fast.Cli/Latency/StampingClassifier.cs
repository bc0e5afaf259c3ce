using System.Diagnostics;

namespace Dmex.Fast.Cli.Latency;

/// <summary>The library's own classifier, taking down when each confirmation was read. Allocates nothing, waits for nobody.</summary>
internal sealed class StampingClassifier(int most) : IReplyClassifier
{
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
    public ReplySummary Classify(ReadOnlySpan<byte> message, Span<Reply> replies, int skip = 0)
    {
        var summary = _inner.Classify(message, replies, skip);
        for (var i = 0; i < summary.Count; i++)
        {
            if (replies[i].Kind == ReplyKind.Confirmed && Interlocked.Increment(ref _count) - 1 is var place && place < most)
            {
                _stamps[place] = Stopwatch.GetTimestamp();
            }
        }

        return summary;
    }
}
