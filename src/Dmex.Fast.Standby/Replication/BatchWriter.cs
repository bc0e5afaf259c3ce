namespace Dmex.Fast.Standby.Replication;

/// <summary>Makes batches of a ring's records. Not thread-safe; allocates nothing after construction.</summary>
/// <param name="ring">Where the records are.</param>
/// <param name="acknowledged">As of <see cref="ReplicaBatch.Acknowledged"/>.</param>
internal sealed class BatchWriter(RecordRing ring, uint acknowledged = 0)
{
    private readonly byte[] _batch = GC.AllocateArray<byte>(ReplicaBatch.MaxSize, pinned: true);

    /// <summary>Makes a batch.</summary>
    /// <param name="first">The sequence to begin with.</param>
    /// <param name="last">The sequence to end with, if there is room; not above the ring's head.</param>
    /// <param name="floor">As of <see cref="ReplicaBatch.Floor"/>.</param>
    /// <param name="count">How many records the batch has; 0 when the first is gone from the ring, or there is none.</param>
    /// <returns>The batch; valid until the next call.</returns>
    public ReadOnlySpan<byte> Make(ulong first, ulong last, ulong floor, out int count)
    {
        count = 0;
        var length = ReplicaBatch.HeaderSize;
        while (count < ReplicaBatch.MaxCount && first + (ulong)count <= last)
        {
            if (!ring.TryRead(first + (ulong)count, out var record))
            {
                count = 0;
                break;
            }

            length += ReplicaRecord.Write(record, _batch.AsSpan(length));
            count++;
        }

        new ReplicaBatch(first, floor, count, acknowledged).Write(_batch);
        return _batch.AsSpan(0, length);
    }

    /// <summary>Clears the signatures.</summary>
    public void Clear() => _batch.AsSpan().Clear();
}
