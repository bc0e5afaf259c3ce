namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// How old the oldest change is that no standby holds, to the precision of the samples. In virtual time; not thread-safe.
/// </summary>
internal sealed class ReplicationLag
{
    private const int MaxSamples = 1024;

    private readonly Queue<(ulong Head, TimeSpan At)> _samples = new();
    private TimeSpan _sampledAt;

    /// <summary>Notes what there is now, and tells the lag.</summary>
    /// <param name="now">The time; grows from call to call.</param>
    /// <param name="head">The latest change.</param>
    /// <param name="held">Every change up to this one is held by a standby.</param>
    public TimeSpan Sample(TimeSpan now, ulong head, ulong held)
    {
        // What is new came after the latest sample, at the earliest.
        if (_samples.Count < MaxSamples && (_samples.Count == 0 || _samples.Last().Head < head))
        {
            _samples.Enqueue((head, _samples.Count == 0 && _sampledAt == TimeSpan.Zero ? now : _sampledAt));
        }

        _sampledAt = now;
        while (_samples.TryPeek(out var oldest) && oldest.Head <= held)
        {
            _ = _samples.Dequeue();
        }

        return _samples.TryPeek(out var behind) ? now - behind.At : TimeSpan.Zero;
    }
}
