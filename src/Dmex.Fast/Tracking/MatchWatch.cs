using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// Notices when replies do not match: many cancels written for a while, as many messages come since, and not one of them
/// for an order in the table. Then the classifier probably does not know the venue's format. Thread-safe.
/// </summary>
internal sealed class MatchWatch
{
    // Other messages may come before the first reply; within this time a reply would have come too.
    private static readonly long Grace = Stopwatch.Frequency;

    private readonly Lock _lock = new();
    private readonly int _threshold;
    private readonly Action<RepliesUnrecognizedEventArgs> _unrecognized;
    private readonly byte[] _sample = new byte[RepliesUnrecognizedEventArgs.MaxSampleSize];
    private int _sampleLength;
    private long _received;
    private long _written;
    private long _firstWritten;
    private volatile bool _done;

    /// <param name="threshold">How many cancels, and how many messages.</param>
    /// <param name="unrecognized">Told once, by <see cref="Check"/>.</param>
    public MatchWatch(int threshold, Action<RepliesUnrecognizedEventArgs> unrecognized)
    {
        _threshold = threshold;
        _unrecognized = unrecognized;
    }

    /// <summary>It is known what became of a copy of a cancel.</summary>
    public void Sent(in SendOutcome outcome)
    {
        if (_done || outcome.Kind != SendOutcomeKind.Written)
        {
            return;
        }

        lock (_lock)
        {
            _firstWritten = _written++ == 0 ? outcome.WrittenTimestamp : _firstWritten;
        }
    }

    /// <summary>A message came. The first that matches ends the watch.</summary>
    public void Received(ReadOnlySpan<byte> message, bool matched)
    {
        if (_done)
        {
            return;
        }

        lock (_lock)
        {
            _done = matched;
            if (_written > 0)
            {
                _received++;
                _sampleLength = Math.Min(message.Length, _sample.Length);
                message[.._sampleLength].CopyTo(_sample);
            }
        }
    }

    /// <summary>Tells if it is so at this time.</summary>
    public void Check(long now)
    {
        if (_done)
        {
            return;
        }

        RepliesUnrecognizedEventArgs told;
        lock (_lock)
        {
            if (_done || _written < _threshold || _received < _threshold || now - _firstWritten < Grace)
            {
                return;
            }

            _done = true;
            told = new RepliesUnrecognizedEventArgs(_written, _received, _sample.AsMemory(0, _sampleLength));
        }

        _unrecognized(told);
    }
}
