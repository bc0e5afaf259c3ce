using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Book;

/// <summary>
/// The orders in a book: the slot of each, and which are armed, fired and latched. Each set has a bit for each slot, in words of
/// 64. Not thread-safe: used under the book's lock.
/// </summary>
internal sealed class BookOrders : IDisposable
{
    /// <summary>
    /// An order is in one of <see cref="Armed"/> and <see cref="Fired"/>, those of its priority. Armed are also those that an
    /// earlier process fired.
    /// </summary>
    public readonly ulong[][] Armed = new ulong[BookRecord.Priorities][];

    /// <summary>Fired by this process, and not resolved; rejected ones among them.</summary>
    public readonly ulong[][] Fired = new ulong[BookRecord.Priorities][];

    /// <summary>Those whose frame was not copied out yet, so that its masking key is unused.</summary>
    public readonly ulong[] Fresh;

    /// <summary>Armed ones that met a latch, for the panic to take.</summary>
    public readonly ulong[] Latched;

    /// <summary>The panic that fired the order of a slot last; 0 for none.</summary>
    public readonly int[] PanicOf;

    private readonly BookIndex _index;
    private readonly BookSlots _slots;

    public BookOrders(int capacity)
    {
        Store = new BookStore(capacity);
        _index = new BookIndex(Store);
        _slots = new BookSlots(capacity);
        PanicOf = new int[capacity];
        Fresh = new ulong[Words];
        Latched = new ulong[Words];
        for (var i = 0; i < BookRecord.Priorities; i++)
        {
            Armed[i] = new ulong[Words];
            Fired[i] = new ulong[Words];
        }

        var sets = (long)Words * sizeof(ulong) * ((2 * BookRecord.Priorities) + 2);
        Size = Store.Size + _index.Size + sets + ((long)capacity * sizeof(int));
    }

    /// <summary>Holds them.</summary>
    public BookStore Store { get; }

    /// <summary>Words of 64 slots.</summary>
    public int Words => Store.Words;

    /// <summary>Bytes of all of it.</summary>
    public long Size { get; }

    /// <summary>See <see cref="BookCounts"/>.</summary>
    public int ArmedCount { get; private set; }

    /// <inheritdoc cref="ArmedCount"/>
    public int FiredCount { get; private set; }

    /// <inheritdoc cref="ArmedCount"/>
    public int RejectedCount { get; private set; }

    /// <inheritdoc cref="ArmedCount"/>
    public int PendingCount { get; private set; }

    /// <summary>How many are in <see cref="Latched"/>.</summary>
    public int LatchedCount { get; private set; }

    /// <summary>Whether no slot is free.</summary>
    public bool IsFull => ArmedCount + FiredCount + RejectedCount == Store.Capacity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bit(int slot) => 1UL << (slot % BookSlots.PerWord);

    /// <summary>The slot of the lowest bit of a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Slot(int word, ulong bits) => (word * BookSlots.PerWord) + BitOperations.TrailingZeroCount(bits);

    /// <summary>The slot of an order, or -1.</summary>
    public int Find(in OrderHash hash) => _index.Find(hash);

    /// <summary>
    /// The slot of an order that was resolved, or -1. That the venue refused its cancel, or does not have it, counts for the stay in the
    /// book whose cancel went out, and for no later one. Where that was none, absence counts for an order that is marked live.
    /// </summary>
    public int Find(in SettledOrder order)
    {
        if (order.Kind != CancelOutcomeKind.Rejected && !order.IsByAbsence)
        {
            return Find(order.Hash);
        }

        if (order.Slot >= 0)
        {
            return Holds(order.Slot, order.SlotGeneration) ? order.Slot : -1;
        }

        var slot = order.IsByAbsence ? Find(order.Hash) : -1;
        return slot >= 0 && Store.State(slot).IsLive ? slot : -1;
    }

    /// <summary>Whether this process fired the order, and it is not resolved.</summary>
    public bool IsFired(int slot) => (Fired[Store.State(slot).Priority][slot / BookSlots.PerWord] & Bit(slot)) != 0;

    /// <summary>Whether a slot holds the order that it held at a generation.</summary>
    public bool Holds(int slot, uint generation) =>
        Store.State(slot).State != BookEntryState.Free && Store.Generations[slot] == generation;

    /// <summary>Arms an order that is not in the book; its slot, or -1 when the book is full.</summary>
    public int Add(in OrderHash hash, in Signature signature, ReadOnlySpan<byte> frame, ulong tag, int priority)
    {
        var slot = _slots.Take(priority);
        if (slot >= 0)
        {
            Store.Put(slot, hash, signature, frame, tag, priority);
            _index.Add(hash, slot);
            TakeIn(slot, priority);
            PendingCount++;
        }

        return slot;
    }

    /// <summary>Takes in the order of a slot that the store has restored, armed again whatever its state was.</summary>
    public void AddRestored(int slot)
    {
        var state = Store.State(slot);
        _slots.TakeAt(slot, state.Priority);
        _index.Add(Store.Hash(slot), slot);
        TakeIn(slot, state.Priority);
        PendingCount += state.IsLive ? 0 : 1;
    }

    /// <summary>Changes the tag and the priority of an armed order.</summary>
    public void SetTag(int slot, ulong tag, int priority)
    {
        Armed[Store.State(slot).Priority][slot / BookSlots.PerWord] &= ~Bit(slot);
        Armed[priority][slot / BookSlots.PerWord] |= Bit(slot);
        Store.SetTag(slot, tag, priority);
    }

    public void SetLive(int slot)
    {
        if (!Store.State(slot).IsLive)
        {
            PendingCount--;
            Store.SetLive(slot);
        }
    }

    /// <summary>Arms an order again that was fired and rejected.</summary>
    public void ArmRejected(int slot)
    {
        var priority = Store.State(slot).Priority;
        Fired[priority][slot / BookSlots.PerWord] &= ~Bit(slot);
        Armed[priority][slot / BookSlots.PerWord] |= Bit(slot);
        RejectedCount--;
        ArmedCount++;
        PanicOf[slot] = 0;
        Store.SetState(slot, BookEntryState.Armed);
    }

    /// <summary>Makes sure that a panic finds an armed order, wherever its walk has come to.</summary>
    public void HandToPanic(int slot)
    {
        ref var word = ref Latched[slot / BookSlots.PerWord];
        LatchedCount += (word & Bit(slot)) == 0 ? 1 : 0;
        word |= Bit(slot);
    }

    /// <summary>Marks armed orders of a word and a priority, a bit each, as fired by a panic.</summary>
    public void MarkFired(int word, int priority, ulong fired, int panic)
    {
        var panicOf = PanicOf;
        for (var left = fired; left != 0; left &= left - 1)
        {
            panicOf[Slot(word, left)] = panic;
        }

        var count = BitOperations.PopCount(fired);
        Armed[priority][word] &= ~fired;
        Fired[priority][word] |= fired;
        Fresh[word] &= ~fired;
        LatchedCount -= BitOperations.PopCount(Latched[word] & fired);
        Latched[word] &= ~fired;
        ArmedCount -= count;
        FiredCount += count;
        Store.SetFired(word, fired);
    }

    /// <summary>Marks a rejected order as fired again.</summary>
    public void FireRejected(int slot, int panic)
    {
        RejectedCount--;
        FiredCount++;
        PanicOf[slot] = panic;
        Store.SetState(slot, BookEntryState.Fired);
    }

    /// <summary>Marks an order as rejected when this process fired it; whether it did.</summary>
    public bool TryMarkRejected(int slot)
    {
        if (!IsFired(slot) || Store.State(slot).State != BookEntryState.Fired)
        {
            return false;
        }

        Store.SetState(slot, BookEntryState.Rejected);
        FiredCount--;
        RejectedCount++;
        return true;
    }

    /// <summary>Takes an order out.</summary>
    public void Remove(int slot)
    {
        var state = Store.State(slot);
        var word = slot / BookSlots.PerWord;
        var bit = Bit(slot);
        PendingCount -= state.IsLive ? 0 : 1;
        if ((Armed[state.Priority][word] & bit) != 0)
        {
            Armed[state.Priority][word] &= ~bit;
            ArmedCount--;
        }
        else
        {
            Fired[state.Priority][word] &= ~bit;
            FiredCount -= state.State == BookEntryState.Rejected ? 0 : 1;
            RejectedCount -= state.State == BookEntryState.Rejected ? 1 : 0;
        }

        LatchedCount -= (Latched[word] & bit) == 0 ? 0 : 1;
        Latched[word] &= ~bit;
        Fresh[word] &= ~bit;
        Store.SetState(slot, BookEntryState.Free);
        _index.Remove(Store.Hash(slot), slot);
        _slots.Give(slot);
    }

    /// <summary>What is to be expected of an order.</summary>
    public BookOrderState StateOf(int slot) => !IsFired(slot) ? BookOrderState.Armed
        : Store.State(slot).State == BookEntryState.Rejected ? BookOrderState.Rejected
        : BookOrderState.Fired;

    /// <summary>An order for the caller.</summary>
    public BookOrder Describe(int slot)
    {
        var state = Store.State(slot);
        return new BookOrder(Store.Hash(slot), Store.Tags[slot], state.Priority, StateOf(slot), !state.IsLive);
    }

    /// <summary>The bits of a word whose orders are in a scope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong InScope(ulong bits, int word, in BookScope scope)
    {
        if (scope.Mask == 0)
        {
            return scope.IsDefault ? 0 : bits;
        }

        ulong inScope = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var tags = ref Store.Tags[word * BookSlots.PerWord];
            var mask = Vector256.Create(scope.Mask);
            var value = Vector256.Create(scope.Value);
            for (var i = 0; i < BookSlots.PerWord; i += Vector256<ulong>.Count)
            {
                var equal = Vector256.Equals(Vector256.LoadUnsafe(ref tags, (nuint)i) & mask, value);
                inScope |= (ulong)equal.ExtractMostSignificantBits() << i;
            }

            return inScope & bits;
        }

        for (var left = bits; left != 0; left &= left - 1)
        {
            var slot = Slot(word, left);
            inScope |= scope.Contains(Store.Tags[slot]) ? Bit(slot) : 0;
        }

        return inScope;
    }

    /// <summary>Whether an order met a latch and has not been fired yet.</summary>
    public bool IsHandedToPanic(int slot) => (Latched[slot / BookSlots.PerWord] & Bit(slot)) != 0;

    /// <summary>Whether an order of a scope is in <see cref="Latched"/>.</summary>
    public bool HasLatchedIn(in BookScope scope)
    {
        for (var word = 0; LatchedCount > 0 && word < Latched.Length; word++)
        {
            if (Latched[word] != 0 && InScope(Latched[word], word, scope) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Clears and frees the memory.</summary>
    public void Dispose() => Store.Dispose();

    private void TakeIn(int slot, int priority)
    {
        PanicOf[slot] = 0;
        Armed[priority][slot / BookSlots.PerWord] |= Bit(slot);
        Fresh[slot / BookSlots.PerWord] |= Bit(slot);
        ArmedCount++;
    }
}
