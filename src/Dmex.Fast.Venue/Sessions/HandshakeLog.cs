namespace Dmex.Fast.Venue.Sessions;

/// <summary>The newest handshakes. Thread-safe.</summary>
internal sealed class HandshakeLog
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<VenueHandshake> _entries = new();

    public void Add(VenueHandshake handshake)
    {
        lock (_lock)
        {
            if (_entries.Count == Capacity)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue(handshake);
        }
    }

    public VenueHandshake[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }
}
