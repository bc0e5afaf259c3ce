using Dmex.Fast.Book.Storage;

namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// The journal through which a book feeds its standbys. It puts each change of an order in a ring and notes for each slot which record is
/// the latest: what an arming thread pays for replication. Neither blocks nor throws nor allocates.
/// </summary>
internal sealed class ReplicaJournal : IBookJournal
{
    private const int GenerationBits = 24;
    private const uint GenerationMask = (1 << GenerationBits) - 1;
    private const int MinRing = 1 << 16;
    private const int MaxRing = 1 << 21;

    private readonly ulong[] _latest;

    /// <param name="capacity">The book's.</param>
    public ReplicaJournal(int capacity)
    {
        // Room for the whole book twice: it can be handed over again while the stream is behind.
        Ring = new RecordRing(Math.Clamp(2 * capacity, MinRing, MaxRing));
        _latest = new ulong[capacity];
    }

    /// <summary>The latest changes.</summary>
    public RecordRing Ring { get; }

    /// <summary>Whether the book is disposed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The sequence of the latest record of a slot, while it holds what it held then.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="generation">How many orders the slot has held.</param>
    /// <param name="sequence">The record's sequence.</param>
    /// <returns>False when no record of the order in it was handed over yet.</returns>
    public bool TryGetLatest(int slot, uint generation, out ulong sequence)
    {
        var latest = Volatile.Read(ref _latest[slot]);
        sequence = latest >> GenerationBits;
        return latest != 0 && (latest & GenerationMask) == (generation & GenerationMask);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BookRecord> records)
    {
        foreach (ref readonly var record in records)
        {
            if (record.Kind == BookRecordKind.Order)
            {
                var sequence = Ring.Write(record);
                Volatile.Write(ref _latest[record.Place], (sequence << GenerationBits) | (record.Generation & GenerationMask));
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // Whether standbys have it is asked for by order.
    }

    /// <inheritdoc/>
    public void Verify()
    {
        // There is nothing that could be gone.
    }

    /// <inheritdoc/>
    public void Dispose() => IsClosed = true;
}
