namespace Dmex.Fast.Venue.Orders;

/// <summary>
/// The records of all messages, in chunks so that growing never copies them; beyond the capacity the oldest chunk goes.
/// Thread-safe.
/// </summary>
internal sealed class CancelTranscript(int capacity)
{
    private const int ChunkSize = 4096;

    private readonly Lock _lock = new();
    private readonly int _maxChunks = ((capacity - 1) / ChunkSize) + 2;
    private readonly List<VenueCancelRecord[]> _chunks = [];
    private long _dropped;
    private long _received;

    public long Received => Volatile.Read(ref _received);

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds a message.</summary>
    /// <returns>Its sequence number, from 1.</returns>
    public long Add(long connectionId, VenueHash? hash, long receivedTimestamp)
    {
        lock (_lock)
        {
            var index = _received - _dropped;
            if (index == (long)_chunks.Count * ChunkSize)
            {
                if (_chunks.Count == _maxChunks)
                {
                    _chunks.RemoveAt(0);
                    _dropped += ChunkSize;
                    index -= ChunkSize;
                }

                _chunks.Add(new VenueCancelRecord[ChunkSize]);
            }

            var sequence = ++_received;
            _chunks[(int)(index / ChunkSize)][index % ChunkSize] = new VenueCancelRecord(
                sequence, connectionId, hash, VenueVerdict.Pending, VenueSignatureCheck.NotChecked, receivedTimestamp, 0, 0);
            return sequence;
        }
    }

    public void Decide(long sequence, VenueVerdict verdict, VenueSignatureCheck signature, long timestamp)
    {
        lock (_lock)
        {
            if (TryLocate(sequence, out var chunk, out var index))
            {
                chunk[index] = chunk[index] with { Verdict = verdict, Signature = signature, DecidedTimestamp = timestamp };
            }
        }
    }

    public void SetSignature(long sequence, VenueSignatureCheck signature)
    {
        lock (_lock)
        {
            if (TryLocate(sequence, out var chunk, out var index))
            {
                chunk[index] = chunk[index] with { Signature = signature };
            }
        }
    }

    /// <summary>Stamps the first reply; later ones (duplicates) leave the record alone.</summary>
    public void MarkReplied(long sequence, long timestamp)
    {
        lock (_lock)
        {
            if (TryLocate(sequence, out var chunk, out var index) && chunk[index].RepliedTimestamp == 0)
            {
                chunk[index] = chunk[index] with { RepliedTimestamp = timestamp };
            }
        }
    }

    /// <summary>A copy of what is kept, oldest first.</summary>
    public VenueCancelRecord[] Snapshot()
    {
        lock (_lock)
        {
            var all = new VenueCancelRecord[_received - _dropped];
            for (int start = 0, i = 0; start < all.Length; start += ChunkSize, i++)
            {
                _chunks[i].AsSpan(0, Math.Min(ChunkSize, all.Length - start)).CopyTo(all.AsSpan(start));
            }

            return all;
        }
    }

    private bool TryLocate(long sequence, out VenueCancelRecord[] chunk, out int index)
    {
        var position = sequence - 1 - _dropped;
        if (position < 0)
        {
            chunk = [];
            index = 0;
            return false;
        }

        chunk = _chunks[(int)(position / ChunkSize)];
        index = (int)(position % ChunkSize);
        return true;
    }
}
