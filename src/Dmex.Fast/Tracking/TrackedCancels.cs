using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// The cancels that a tracker knows: found by order hash or by the slot of the book, preallocated, and listed as open or, from the
/// oldest on, as remembered. Not thread-safe.
/// </summary>
internal sealed class TrackedCancels
{
    private const int PrefetchAhead = 8;
    private const int PrefetchedLines = 4;

    private readonly TrackedCancel?[] _buckets;
    private readonly TrackedCancel?[] _bySlot;
    private readonly List<TrackedCancel> _all;
    private readonly int _capacity;
    private TrackedCancel?[] _free;
    private int _freeCount;
    private TrackedCancel? _lastOpen;
    private TrackedCancel? _oldestRemembered;
    private TrackedCancel? _newestRemembered;
    private int _openOutsideBook;

    /// <param name="capacity">Open cancels that are not a book's.</param>
    /// <param name="slots">Slots of the book.</param>
    public TrackedCancels(int capacity, int slots)
    {
        _capacity = capacity;
        _bySlot = new TrackedCancel?[slots];
        _buckets = new TrackedCancel?[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity))];

        // Taken in the order of their places in memory: a panic fills them one after the other.
        _all = new List<TrackedCancel>(capacity + slots);
        var details = new TrackedCancelDetails[capacity + slots];
        for (var i = 0; i < details.Length; i++)
        {
            details[i] = new TrackedCancelDetails();
        }

        foreach (var one in details)
        {
            _all.Add(new TrackedCancel(one));
        }

        _free = new TrackedCancel?[_all.Count];
        for (var i = _all.Count - 1; i >= 0; i--)
        {
            _free[_freeCount++] = _all[i];
        }
    }

    /// <summary>Open cancels.</summary>
    public int OpenCount { get; private set; }

    /// <summary>Cancels, open or remembered, that stand for a slot of the book.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Cancels, open or remembered, that are found by their hash.</summary>
    public int MappedCount { get; private set; }

    /// <summary>Remembered cancels that were told by a reply alone, where a list is read.</summary>
    public int AwaitingListCount { get; private set; }

    /// <summary>Cancels in any stage; a cancel stays in its place.</summary>
    public int Places => _all.Count;

    /// <summary>The cancel in a place, free or not.</summary>
    public TrackedCancel At(int place) => _all[place];

    /// <summary>The newest of the open cancels; follow <see cref="TrackedCancel.Older"/>.</summary>
    public TrackedCancel? LastOpen => _lastOpen;

    /// <summary>The cancel of an order, open or remembered, among those that are found by hash; null when there is none.</summary>
    public TrackedCancel? Find(in OrderHash hash)
    {
        for (var cancel = _buckets[Bucket(hash)]; cancel is not null; cancel = cancel.Next)
        {
            if (cancel.Hash == hash)
            {
                return cancel;
            }
        }

        return null;
    }

    /// <summary>The cancel that stands for a slot; null when the slot holds another order by now, or none does.</summary>
    public TrackedCancel? FindSlot(int slot, uint slotGeneration) =>
        _bySlot[slot] is { } cancel && cancel.SlotGeneration == slotGeneration ? cancel : null;

    /// <summary>The cancel that stands for a slot, whichever order that is; null when none does.</summary>
    public TrackedCancel? FindSlot(int slot) => _bySlot[slot];

    /// <summary>Whether there is room for one that is found by its hash.</summary>
    public bool HasRoom => _openOutsideBook < _capacity;

    /// <summary>Begins an open cancel that is found by its hash, for which there must be room. Forgets a remembered one for it.</summary>
    public TrackedCancel Add(in OrderHash hash, long now)
    {
        var cancel = Take();
        cancel.Begin(hash, now);
        _openOutsideBook++;
        AddToMap(cancel);
        AddOpen(cancel);
        return cancel;
    }

    /// <summary>Begins an open cancel that stands for a slot of the book. There is always room.</summary>
    public TrackedCancel AddSlot(int slot, uint slotGeneration, in OrderHash hash, long now)
    {
        var cancel = Take();
        cancel.Begin(hash, now);
        AddOpen(cancel);
        Attach(cancel, slot, slotGeneration);
        return cancel;
    }

    /// <summary>Lets a cancel that is known by its hash stand for a slot of the book too, for which none stands.</summary>
    public void Attach(TrackedCancel cancel, int slot, uint slotGeneration)
    {
        cancel.Slot = cancel.LastSlot = slot;
        cancel.SlotGeneration = slotGeneration;
        _bySlot[slot] = cancel;
        SlotCount++;
    }

    /// <summary>Lets a cancel stand for no slot of the book any more.</summary>
    public void Detach(TrackedCancel cancel)
    {
        _bySlot[cancel.Slot] = null;
        cancel.Slot = TrackedCancel.NoSlot;
        SlotCount--;
    }

    /// <summary>Takes an open cancel among the remembered ones.</summary>
    public void Remember(TrackedCancel cancel)
    {
        RemoveOpen(cancel);
        cancel.Stage = CancelStage.Settled;
        if (cancel.Slot != TrackedCancel.NoSlot)
        {
            Detach(cancel);
        }

        if (!cancel.IsMapped)
        {
            AddToMap(cancel);
        }

        cancel.Older = _newestRemembered;
        cancel.Newer = null;
        if (_newestRemembered is null)
        {
            _oldestRemembered = cancel;
        }
        else
        {
            _newestRemembered.Newer = cancel;
        }

        _newestRemembered = cancel;
    }

    /// <summary>Makes a remembered cancel open again, which is found by its hash. There may be more of those than the capacity.</summary>
    public void Reopen(TrackedCancel cancel)
    {
        SetAwaitsList(cancel, false);
        RemoveRemembered(cancel);
        cancel.Stage = CancelStage.Open;
        _openOutsideBook++;
        AddOpen(cancel);
    }

    /// <summary>Whether the list is to say what was told of a remembered cancel by a reply alone.</summary>
    public void SetAwaitsList(TrackedCancel cancel, bool value)
    {
        AwaitingListCount += (value ? 1 : 0) - (cancel.AwaitsList ? 1 : 0);
        cancel.AwaitsList = value;
    }

    /// <summary>Frees a cancel, open or remembered.</summary>
    public void Remove(TrackedCancel cancel)
    {
        if (cancel.Stage == CancelStage.Open)
        {
            RemoveOpen(cancel);
        }
        else
        {
            RemoveRemembered(cancel);
        }

        if (cancel.Slot != TrackedCancel.NoSlot)
        {
            Detach(cancel);
        }

        if (cancel.IsMapped)
        {
            RemoveFromMap(cancel);
        }

        SetAwaitsList(cancel, false);
        cancel.Clear();
        _free[_freeCount++] = cancel;
    }

    private TrackedCancel Take()
    {
        if (_freeCount == 0 && _oldestRemembered is { } oldest)
        {
            Remove(oldest);
        }

        if (_freeCount == 0)
        {
            // Only where some were opened again beyond the capacity.
            var added = new TrackedCancel(new TrackedCancelDetails());
            _all.Add(added);
            Array.Resize(ref _free, _all.Count);
            return added;
        }

        var cancel = _free[--_freeCount]!;
        _free[_freeCount] = null;
        if (_freeCount >= PrefetchAhead)
        {
            Prefetch(_free[_freeCount - PrefetchAhead]!);
        }

        return cancel;
    }

    /// <summary>
    /// Asks for the memory of one that is taken soon: a panic takes thousands in a row. A hint: the collector may move the object
    /// meanwhile, and nothing is read.
    /// </summary>
    private static unsafe void Prefetch(TrackedCancel soon)
    {
        if (Sse.IsSupported)
        {
            var address = *(byte**)Unsafe.AsPointer(ref soon);
            for (var line = 0; line < PrefetchedLines; line++)
            {
                Sse.Prefetch0(address + (64 * line));
            }
        }
    }

    private void AddOpen(TrackedCancel cancel)
    {
        OpenCount++;
        cancel.Newer = null;
        cancel.Older = _lastOpen;
        if (_lastOpen is not null)
        {
            _lastOpen.Newer = cancel;
        }

        _lastOpen = cancel;
    }

    private void RemoveOpen(TrackedCancel cancel)
    {
        OpenCount--;
        _openOutsideBook -= cancel.IsMapped ? 1 : 0;
        if (cancel.Newer is null)
        {
            _lastOpen = cancel.Older;
        }
        else
        {
            cancel.Newer.Older = cancel.Older;
        }

        if (cancel.Older is not null)
        {
            cancel.Older.Newer = cancel.Newer;
        }

        cancel.Older = null;
        cancel.Newer = null;
    }

    private void RemoveRemembered(TrackedCancel cancel)
    {
        if (cancel.Older is null)
        {
            _oldestRemembered = cancel.Newer;
        }
        else
        {
            cancel.Older.Newer = cancel.Newer;
        }

        if (cancel.Newer is null)
        {
            _newestRemembered = cancel.Older;
        }
        else
        {
            cancel.Newer.Older = cancel.Older;
        }

        cancel.Older = null;
        cancel.Newer = null;
    }

    private void AddToMap(TrackedCancel cancel)
    {
        ref var bucket = ref _buckets[Bucket(cancel.Hash)];
        cancel.Next = bucket;
        bucket = cancel;
        cancel.IsMapped = true;
        MappedCount++;
    }

    private void RemoveFromMap(TrackedCancel cancel)
    {
        ref var link = ref _buckets[Bucket(cancel.Hash)];
        while (!ReferenceEquals(link, cancel))
        {
            link = ref link!.Next;
        }

        link = cancel.Next;
        cancel.Next = null;
        cancel.IsMapped = false;
        MappedCount--;
    }

    // Order hashes are outputs of Keccak: any of their bits spread them.
    private int Bucket(in OrderHash hash) => MemoryMarshal.Read<int>(hash.AsSpan()[8..]) & (_buckets.Length - 1);
}
