namespace Dmex.Fast.Standby.Replication;

/// <summary>Puts the parts of snapshots together, which several standbys may write at once. Not thread-safe.</summary>
internal sealed class SnapshotReader
{
    /// <summary>Snapshots that are begun and were never finished are dropped beyond this, the oldest first.</summary>
    private const int MaxOpen = 4;

    private readonly List<Open> _open = [];

    /// <summary>Takes a part, in the order of the stream.</summary>
    /// <param name="source">The part, opened.</param>
    /// <param name="part">What it said.</param>
    /// <param name="entries">The whole book, when this was the last part.</param>
    /// <returns>Whether the snapshot is complete.</returns>
    public bool TryComplete(ReadOnlySpan<byte> source, out SnapshotPart part, out IReadOnlyCollection<ReplicaEntry> entries)
    {
        entries = [];
        var read = new List<ReplicaEntry>();
        if (!SnapshotPart.TryRead(source, out part, read))
        {
            return false;
        }

        var id = part.Id;
        var open = _open.Find(open => open.Id == id);
        if (part.Index == 0)
        {
            _ = open is not null && _open.Remove(open);
            open = new Open(id);
            _open.Add(open);
            if (_open.Count > MaxOpen)
            {
                _open.RemoveAt(0);
            }
        }

        if (open is null || open.Next != part.Index)
        {
            return false;
        }

        open.Next++;
        open.Entries.AddRange(read);
        if (open.Next < part.Parts)
        {
            return false;
        }

        _ = _open.Remove(open);
        entries = open.Entries;
        return true;
    }

    private sealed class Open(ulong id)
    {
        public ulong Id { get; } = id;

        public int Next { get; set; }

        public List<ReplicaEntry> Entries { get; } = [];
    }
}
