using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>What links in one process share: subscribers, and the stream. Thread-safe.</summary>
internal sealed class MemoryHub
{
    private readonly Lock _lock = new();
    private readonly List<(MemoryLink Owner, StandbyChannel Channel, Action<ReadOnlySpan<byte>> Handler)> _handlers = [];
    private readonly List<StandbyStreamRecord> _stream = [];

    public ulong Last
    {
        get
        {
            lock (_lock)
            {
                return (ulong)_stream.Count;
            }
        }
    }

    public void Subscribe(MemoryLink owner, StandbyChannel channel, Action<ReadOnlySpan<byte>> handler)
    {
        lock (_lock)
        {
            _handlers.Add((owner, channel, handler));
        }
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
                    _ = ThreadPool.UnsafeQueueUserWorkItem(_ => Deliver(handler, message), null);
                }
            }
        }
    }

    public void Unsubscribe(Action<ReadOnlySpan<byte>> handler)
    {
        lock (_lock)
        {
            _ = _handlers.RemoveAll(subscribed => subscribed.Handler == handler);
        }
    }

    public ulong Append(StandbyStreamKind kind, byte[] payload, ulong? expectedLast)
    {
        lock (_lock)
        {
            if (expectedLast is { } expected && expected != (ulong)_stream.Count)
            {
                throw new StandbyAppendConflictException(expected);
            }

            _stream.Add(new StandbyStreamRecord((ulong)_stream.Count + 1, kind, payload));
            return (ulong)_stream.Count;
        }
    }

    public StandbyStreamRecord? Find(ulong from)
    {
        lock (_lock)
        {
            return from <= (ulong)_stream.Count ? _stream[(int)from - 1] : null;
        }
    }

    private static void Deliver(Action<ReadOnlySpan<byte>> handler, byte[] message)
    {
        try
        {
            handler(message);
        }
        catch (ObjectDisposedException)
        {
            // It was on its way when the subscriber ended.
        }
    }
}
