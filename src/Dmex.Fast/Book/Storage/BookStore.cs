using System.Numerics;
using System.Runtime.CompilerServices;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// The memory of a book: for each slot the order, its signature and frame, tag, priority, state and generation, and whether it
/// changed since its record was taken. Frames have no gaps between them, and neither have hashes: a panic reads these two. Not thread-safe:
/// used under the book's lock, but for
/// <see cref="HasChangesIn"/>.
/// </summary>
internal sealed unsafe class BookStore : IDisposable
{
    private readonly BookMemory _memory;
    private readonly byte* _frames;
    private readonly OrderHash* _hashes;
    private readonly Signature* _signatures;
    private readonly BookSlotState[] _states;
    private readonly ulong[] _changed;

    /// <param name="capacity">How many slots.</param>
    public BookStore(int capacity)
    {
        Capacity = capacity;
        Words = (capacity + BookSlots.PerWord - 1) / BookSlots.PerWord;
        var frames = (((long)capacity * CancelFrame.Length) + BookSlots.PerWord - 1) & -(long)BookSlots.PerWord;
        var hashes = (long)capacity * sizeof(OrderHash);
        var length = frames + hashes + ((long)capacity * sizeof(Signature));
        _memory = new BookMemory(length);
        _frames = _memory.Base;
        _hashes = (OrderHash*)(_memory.Base + frames);
        _signatures = (Signature*)(_memory.Base + frames + hashes);
        _states = new BookSlotState[capacity];
        Generations = new uint[capacity];
        _changed = new ulong[Words];
        Tags = new ulong[Words * BookSlots.PerWord];
        Size = length + ((long)capacity * (sizeof(BookSlotState) + sizeof(uint))) + ((long)Words * sizeof(ulong) * (BookSlots.PerWord + 1));
    }

    /// <summary>How many slots.</summary>
    public int Capacity { get; }

    /// <summary>How many words of 64 slots; the last may have fewer.</summary>
    public int Words { get; }

    /// <summary>Bytes of all of it.</summary>
    public long Size { get; }

    /// <summary>The tags by slot, side by side, so that scopes are compared several at a time; whole words.</summary>
    public ulong[] Tags { get; }

    /// <summary>For each slot, how many orders it has held.</summary>
    public uint[] Generations { get; }

    /// <summary>Whether anything changed since this was last set to false.</summary>
    public bool HasChanges { get; set; }

    /// <summary>The order that a slot holds, or held last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly OrderHash Hash(int slot) => ref _hashes[slot];

    /// <summary>A slot's frame. It does not change from arming until the slot is used again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Frame(int slot) => new(FrameAddress(slot), CancelFrame.Length);

    /// <summary>Where <see cref="Frame"/> begins, to have the processor load it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* FrameAddress(int slot) => _frames + ((long)slot * CancelFrame.Length);

    /// <summary>A slot's signature.</summary>
    public Signature SignatureOf(int slot) => _signatures[slot];

    /// <summary>A slot's state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BookSlotState State(int slot) => _states[slot];

    /// <summary>Fills a free slot with an armed order.</summary>
    public void Put(int slot, in OrderHash hash, in Signature signature, ReadOnlySpan<byte> frame, ulong tag, int priority)
    {
        _hashes[slot] = hash;
        _signatures[slot] = signature;
        frame.CopyTo(Frame(slot));
        Tags[slot] = tag;
        Generations[slot]++;
        _states[slot] = new BookSlotState { State = BookEntryState.Armed, Priority = (byte)priority };
        MarkChanged(slot);
    }

    /// <summary>Fills a slot from its record, and builds the frame again.</summary>
    public void Restore(in BookRecord record, uint maskingKey)
    {
        var slot = record.Place;
        Generations[slot] = record.Generation;
        if (record.State == BookEntryState.Free)
        {
            return;
        }

        _hashes[slot] = record.Hash;
        _signatures[slot] = record.Signature;
        CancelFrame.Write(Frame(slot), _hashes[slot], _signatures[slot], maskingKey);
        Tags[slot] = record.Tag;
        _states[slot] = new BookSlotState { State = record.State, Priority = record.Priority, IsLive = record.IsLive };
    }

    public void SetTag(int slot, ulong tag, int priority)
    {
        Tags[slot] = tag;
        _states[slot].Priority = (byte)priority;
        MarkChanged(slot);
    }

    public void SetLive(int slot)
    {
        _states[slot].IsLive = true;
        MarkChanged(slot);
    }

    /// <summary>Sets a state; <see cref="BookEntryState.Free"/> empties the slot.</summary>
    public void SetState(int slot, BookEntryState state)
    {
        _states[slot].State = state;
        MarkChanged(slot);
    }

    /// <summary>Sets slots of a word to fired, a bit each.</summary>
    public void SetFired(int word, ulong slots)
    {
        var states = _states;
        for (var left = slots; left != 0; left &= left - 1)
        {
            states[(word * BookSlots.PerWord) + BitOperations.TrailingZeroCount(left)].State = BookEntryState.Fired;
        }

        MarkChanged(word, slots);
    }

    public void MarkChanged(int slot) => MarkChanged(slot / BookSlots.PerWord, 1UL << (slot % BookSlots.PerWord));

    /// <summary>Marks slots of a word as changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkChanged(int word, ulong slots)
    {
        _changed[word] |= slots;
        HasChanges = true;
    }

    /// <summary>Marks every slot that was ever used.</summary>
    public void MarkAllChanged()
    {
        for (var slot = 0; slot < Capacity; slot++)
        {
            if (Generations[slot] != 0)
            {
                MarkChanged(slot);
            }
        }

        HasChanges = true;
    }

    /// <summary>Whether slots of a word changed. Needs no lock: a change that was made before the call is seen.</summary>
    public bool HasChangesIn(int word) => Volatile.Read(ref _changed[word]) != 0;

    /// <summary>Takes the records of slots that changed, which then count as unchanged.</summary>
    /// <param name="word">The word of 64 slots.</param>
    /// <param name="among">Those of them that are asked for.</param>
    /// <param name="records">Receives as many as fit, by slot; not sealed.</param>
    /// <returns>How many.</returns>
    public int TakeChanges(int word, ulong among, Span<BookRecord> records)
    {
        var count = 0;
        for (var bits = _changed[word] & among; bits != 0 && count < records.Length; bits &= bits - 1)
        {
            var slot = (word * BookSlots.PerWord) + BitOperations.TrailingZeroCount(bits);
            _changed[word] &= ~(bits & (0 - bits));
            Describe(slot, out records[count++]);
        }

        return count;
    }

    /// <summary>Clears the memory, which authorizes cancels, and frees it.</summary>
    public void Dispose() => _memory.Dispose();

    private void Describe(int slot, out BookRecord record)
    {
        var state = _states[slot];
        record = default;
        record.Kind = BookRecordKind.Order;
        record.Place = slot;
        record.Generation = Generations[slot];
        record.State = state.State;
        record.Hash = _hashes[slot];
        if (state.State == BookEntryState.Free)
        {
            return; // without the signature: a removed order leaves no usable cancel in a file
        }

        record.Signature = _signatures[slot];
        record.Tag = Tags[slot];
        record.Priority = state.Priority;
        record.IsLive = state.IsLive;
    }
}
