using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>What links in one process share: subscribers, and the stream. Thread-safe.</summary>
internal sealed class MemoryHub
{
    private readonly Lock _lock = new();
    private readonly List<(MemoryLink Owner, StandbyChannel Channel, Action<ReadOnlySpan<byte>> Handler)> _handlers = [];
    private readonly List<StandbyStreamRecord> _stream = [];
    private ulong _last;

    public ulong Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    public IDisposable Subscribe(MemoryLink owner, StandbyChannel channel, Action<ReadOnlySpan<byte>> handler)
    {
        lock (_lock)
        {
            _handlers.Add((owner, channel, handler));
        }

        return new Subscription(this, handler);
    }

    /// <summary>Delivers on a thread of the pool, as a link's own thread would.</summary>
    public void Send(MemoryLink owner, StandbyChannel channel, byte[] message)
    {
        lock (_lock)
        {
            foreach (var (other, subscribed, handler) in _handlers)
            {
                if (other != owner && subscribed == channel)
                {
                    _ = ThreadPool.UnsafeQueueUserWorkItem(_ => handler(message), null);
                }
            }
        }
    }

    public ulong Append(StandbyStreamKind kind, byte[] payload, ulong? expectedLast)
    {
        lock (_lock)
        {
            if (expectedLast is { } expected && expected != _last)
            {
                throw new StandbyAppendConflictException(expected);
            }

            _stream.Add(new StandbyStreamRecord(++_last, kind, payload));
            return _last;
        }
    }

    /// <summary>The cluster loses all its disks; what others append at once is in the new stream before anybody looks.</summary>
    public void Lose(params (StandbyStreamKind Kind, byte[] Payload)[] records)
    {
        lock (_lock)
        {
            _stream.Clear();
            _last = 0;
            foreach (var (kind, payload) in records)
            {
                _ = Append(kind, payload, expectedLast: null);
            }
        }
    }

    public void PurgeBelow(ulong sequence)
    {
        lock (_lock)
        {
            _ = _stream.RemoveAll(record => record.Sequence < sequence);
        }
    }

    public StandbyStreamRecord[] Records()
    {
        lock (_lock)
        {
            return [.. _stream];
        }
    }

    /// <summary>The first record from a sequence on.</summary>
    /// <exception cref="StandbyLinkException">The stream ends before it.</exception>
    public StandbyStreamRecord? Find(ulong from)
    {
        lock (_lock)
        {
            if (_last + 1 < from)
            {
                throw new StandbyLinkException($"The stream ends with {_last}, before {from}: read it from the start.");
            }

            var found = _stream.FindIndex(record => record.Sequence >= from);
            return found < 0 ? null : _stream[found];
        }
    }

    private sealed class Subscription(MemoryHub hub, Action<ReadOnlySpan<byte>> handler) : IDisposable
    {
        public void Dispose()
        {
            lock (hub._lock)
            {
                _ = hub._handlers.RemoveAll(subscribed => subscribed.Handler == handler);
            }
        }
    }
}
