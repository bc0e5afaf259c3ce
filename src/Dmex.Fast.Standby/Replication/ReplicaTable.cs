using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// The orders that an engine has armed, as a standby knows them. Records may come in any order, by several paths and several times: the
/// highest sequence of a slot and of an order wins. Not thread-safe: used under its owner's lock.
/// </summary>
/// <remarks>
/// A slot's sequence outlives its order, so that a removal which comes before what it removes is not lost. When a generation
/// begins, what the
/// one before had armed stays as orphans, until the new one names the order or they are fired; what was fenced and acknowledged goes.
/// </remarks>
internal sealed class ReplicaTable
{
    private const int MinVerificationQueue = 1024;

    private readonly Dictionary<OrderHash, ReplicaEntry> _entries = [];
    private readonly Queue<OrderHash> _toVerify = new();
    private readonly SequenceRanges _came = new();
    private Slot[] _slots = [];

    /// <summary>The generation whose records are taken.</summary>
    public uint Generation { get; private set; }

    /// <summary>Every record of the generation up to this one is applied.</summary>
    public ulong Watermark => _came.Watermark;

    /// <summary>The highest record that came.</summary>
    public ulong Highest => _came.Highest;

    /// <summary>How many orders are held, orphans included.</summary>
    public int Count => _entries.Count;

    /// <summary>How many of them a former generation armed, and the present one does not name.</summary>
    public int Orphans => _entries.Values.Count(entry => entry.Generation < Generation);

    /// <summary>How many of them have a signature that is not verified yet.</summary>
    public int Unverified { get; private set; }

    /// <summary>How many of them have a signature that is not the account's. They are held, and fired, nevertheless.</summary>
    public int InvalidSignatures { get; private set; }

    /// <summary>Whether an order is held.</summary>
    public bool Contains(in OrderHash hash) => _entries.ContainsKey(hash);

    /// <summary>Every order that is held.</summary>
    public IReadOnlyCollection<ReplicaEntry> Entries => _entries.Values;

    /// <summary>Begins a generation.</summary>
    /// <param name="generation">Higher than the present one; else nothing happens.</param>
    /// <param name="acknowledgedFence">What this generation and lower ones armed was reconciled, and is forgotten.</param>
    public void Begin(uint generation, uint acknowledgedFence)
    {
        if (generation <= Generation)
        {
            return;
        }

        Generation = generation;
        _came.Clear();
        _slots.AsSpan().Clear();
        foreach (var (hash, entry) in _entries)
        {
            if (entry.Generation <= acknowledgedFence)
            {
                Remove(hash);
            }
        }
    }

    /// <summary>Applies a batch.</summary>
    /// <param name="generation">Of the engine that sent it.</param>
    /// <param name="batch">The batch, opened.</param>
    /// <param name="armed">Receives the orders that are new or changed and in the book; null: nobody asks.</param>
    /// <returns>False when the batch is of a former generation, or no batch; then nothing changed, or the rest of it did not.</returns>
    public bool Apply(uint generation, ReadOnlySpan<byte> batch, List<ReplicaEntry>? armed)
    {
        if (generation < Generation || !ReplicaBatch.TryRead(batch, out var header))
        {
            return false;
        }

        Begin(generation, header.Acknowledged);

        _came.Raise(header.Floor);
        if (header.Count == 0 || _came.Contains(new SequenceRange(header.First, header.Last)))
        {
            return true;
        }

        var rest = batch[ReplicaBatch.HeaderSize..];
        for (var i = 0; i < header.Count; i++)
        {
            var length = ReplicaRecord.Read(rest, out var record);
            if (length == 0)
            {
                return false;
            }

            Apply(record, generation, header.First + (ulong)i, armed);
            rest = rest[length..];
        }

        _came.Add(new SequenceRange(header.First, header.Last));
        return true;
    }

    /// <summary>Takes in a whole book, as another standby saw it.</summary>
    /// <param name="generation">The one whose book it is.</param>
    /// <param name="through">Every record up to this one is in it.</param>
    /// <param name="entries">Its orders.</param>
    public void Load(uint generation, ulong through, IReadOnlyCollection<ReplicaEntry> entries)
    {
        Begin(generation, acknowledgedFence: 0);
        if (generation < Generation || through < Watermark)
        {
            return;
        }

        var held = entries.Where(entry => entry.Generation == generation).Select(entry => entry.Record.Hash).ToHashSet();
        foreach (var (hash, entry) in _entries)
        {
            if (entry.Generation == generation && entry.Sequence <= through && !held.Contains(hash))
            {
                Remove(hash);
            }
        }

        foreach (var entry in entries)
        {
            if (entry.Generation == generation)
            {
                Apply(entry.Record, generation, entry.Sequence, armed: null);
            }
            else if (!_entries.ContainsKey(entry.Record.Hash))
            {
                Put(entry);
            }
        }

        _came.Raise(through);
    }

    /// <summary>What is missing, as of <see cref="SequenceRanges.Missing"/>.</summary>
    public int Missing(ulong upTo, Span<SequenceRange> missing) => _came.Missing(upTo, missing);

    /// <summary>An order is known to be closed.</summary>
    public void Close(in OrderHash hash) => Remove(hash);

    /// <summary>Takes orders whose signatures are to be verified, those that came first; each is taken once.</summary>
    /// <param name="destination">Receives them.</param>
    /// <returns>How many; 0 although there are some when many came and went: to be called again.</returns>
    public int TakeUnverified(Span<ReplicaEntry> destination)
    {
        var count = 0;
        for (var i = 0; i < MinVerificationQueue && count < destination.Length && _toVerify.TryDequeue(out var hash); i++)
        {
            if (_entries.TryGetValue(hash, out var entry) && entry.Signature == SignatureState.Unverified)
            {
                destination[count++] = entry;
            }
        }

        return count;
    }

    /// <summary>The signature of an order was verified; nothing happens when the order is gone or has another one by now.</summary>
    /// <returns>Whether an invalid one was found, which was not known to be.</returns>
    public bool NoteVerified(in ReplicaEntry verified, bool isValid)
    {
        if (!_entries.TryGetValue(verified.Record.Hash, out var entry) || entry.Signature != SignatureState.Unverified
            || entry.Record.Signature != verified.Record.Signature)
        {
            return false;
        }

        Put(entry with { Signature = isValid ? SignatureState.Valid : SignatureState.Invalid });
        return !isValid;
    }

    private void Apply(in ReplicaRecord record, uint generation, ulong sequence, List<ReplicaEntry>? armed)
    {
        ref var slot = ref SlotOf(record.Slot);
        if (sequence <= Watermark || sequence <= slot.Sequence)
        {
            return;
        }

        if (slot.Hash != record.Hash)
        {
            RemoveFrom(record.Slot, slot.Hash);
        }

        slot = new Slot(record.Hash, sequence);
        if (record.IsRemoval)
        {
            RemoveFrom(record.Slot, record.Hash);
            return;
        }

        if (_entries.TryGetValue(record.Hash, out var before) && before.Generation == generation && before.Sequence > sequence)
        {
            return;
        }

        var entry = new ReplicaEntry(record, generation, sequence)
        {
            Signature = before.Record.Signature == record.Signature ? before.Signature : SignatureState.Unverified,
        };
        Put(entry);
        armed?.Add(entry);
    }

    /// <summary>
    /// Removes an order that a slot held. One that is in another slot by now stays: the record of its removal here may be the later one.
    /// </summary>
    private void RemoveFrom(int slot, in OrderHash hash)
    {
        if (_entries.TryGetValue(hash, out var entry) && (entry.Generation < Generation || entry.Record.Slot == slot))
        {
            Remove(hash);
        }
    }

    private void Put(in ReplicaEntry entry)
    {
        var hash = entry.Record.Hash;
        var isKnown = _entries.TryGetValue(hash, out var before);
        if (isKnown)
        {
            AddToCounts(before, -1);
        }

        _entries[hash] = entry;
        AddToCounts(entry, 1);
        if (entry.Signature != SignatureState.Unverified
            || (isKnown && before.Signature == SignatureState.Unverified && before.Record.Signature == entry.Record.Signature))
        {
            return;
        }

        if (_toVerify.Count >= MinVerificationQueue && _toVerify.Count >= 2 * _entries.Count)
        {
            KeepHeldToVerify();
        }

        _toVerify.Enqueue(hash);
    }

    private void Remove(in OrderHash hash)
    {
        if (_entries.Remove(hash, out var entry))
        {
            AddToCounts(entry, -1);
        }
    }

    private void AddToCounts(in ReplicaEntry entry, int change)
    {
        Unverified += entry.Signature == SignatureState.Unverified ? change : 0;
        InvalidSignatures += entry.Signature == SignatureState.Invalid ? change : 0;
    }

    /// <summary>The queue names more orders that are gone than those that are held.</summary>
    private void KeepHeldToVerify()
    {
        _toVerify.Clear();
        foreach (var (hash, entry) in _entries)
        {
            if (entry.Signature == SignatureState.Unverified)
            {
                _toVerify.Enqueue(hash);
            }
        }
    }

    private ref Slot SlotOf(int slot)
    {
        if (slot >= _slots.Length)
        {
            Array.Resize(ref _slots, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)slot + 1));
        }

        return ref _slots[slot];
    }

    private readonly record struct Slot(OrderHash Hash, ulong Sequence);
}
