using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>What happens to single slots; all of it under the lock.</summary>
public sealed unsafe partial class CancelBook
{
    private ArmResult Insert(
        in OrderHash hash, ReadOnlySpan<byte> frame, uint checksum, ulong tag, int priority, out BookOrder replaced)
    {
        replaced = default;
        var slot = _index.Find(hash);
        if (slot >= 0)
        {
            return Update(slot, tag, priority);
        }

        var latched = _latches.Cover(tag);
        if (latched && _whenLatched == BookLatchedPolicy.Refuse)
        {
            return ArmResult.RefusedByLatch;
        }

        slot = _slots.Take(priority);
        var result = ArmResult.Armed;
        if (slot < 0)
        {
            if (!TryEvict(priority, out replaced))
            {
                return ArmResult.Full;
            }

            slot = _slots.Take(priority);
            result = ArmResult.ArmedInPlace;
        }

        Write(slot, hash, frame, checksum, tag, priority);
        _index.Add(hash, slot);
        Take(slot, tag, priority);
        _ages?.Add(slot, priority);
        _fresh[slot / BookSlots.PerWord] |= Bit(slot);
        if (!latched)
        {
            return result;
        }

        HandToPanic(slot);
        return ArmResult.FiredByLatch;
    }

    /// <summary>Arms what is in the book already; the frame stays.</summary>
    private ArmResult Update(int slot, ulong tag, int priority)
    {
        var word = _words[slot];
        ref var record = ref Record(slot, word);
        var fired = (_fired[record.Priority][slot / BookSlots.PerWord] & Bit(slot)) != 0;
        if (fired && BookWord.State(word) == BookEntryState.Fired)
        {
            return ArmResult.AlreadyFired;
        }

        // An order that a panic has in its scope is not taken out of it by a new tag.
        var latchedBefore = _latches.Cover(record.Tag);
        var latched = latchedBefore || _latches.Cover(tag);
        if (latched && _whenLatched == BookLatchedPolicy.Refuse)
        {
            return ArmResult.RefusedByLatch;
        }

        if (fired)
        {
            ArmRejected(slot, (int)record.Priority);
        }

        var same = record.Tag == tag && record.Priority == (uint)priority;
        if (!same && !latchedBefore)
        {
            Retag(slot, tag, priority);
        }

        if (latched)
        {
            HandToPanic(slot);
            return ArmResult.FiredByLatch;
        }

        return fired ? ArmResult.Armed : same ? ArmResult.AlreadyArmed : ArmResult.Updated;
    }

    /// <summary>Fills a free slot. The commit word comes last: until then the slot is free to whoever opens the file.</summary>
    private void Write(int slot, in OrderHash hash, ReadOnlySpan<byte> frame, uint checksum, ulong tag, int priority)
    {
        var entry = _entries + slot;
        var generation = entry->Generation + 1;
        frame.CopyTo(Frame(slot));
        entry->Hash = hash;
        entry->Generation = generation;
        entry->Checksum = BookChecksum.InSlot(checksum, slot, generation);
        WriteRecord(ref entry->First, slot, generation, tag, priority);
        Volatile.Write(ref _words[slot], BookWord.Make(BookEntryState.Armed, live: false, record: 0, generation));
        _generationOf[slot] = generation;
        _pendingCount++;
    }

    private void Retag(int slot, ulong tag, int priority)
    {
        var word = _words[slot];
        var before = (int)Record(slot, word).Priority;
        var entry = _entries + slot;
        var other = 1 - BookWord.Record(word);
        WriteRecord(ref other == 0 ? ref entry->First : ref entry->Second, slot, entry->Generation, tag, priority);
        Volatile.Write(ref _words[slot], BookWord.WithRecord(word, other));
        _tags[slot] = tag;
        _armed[before][slot / BookSlots.PerWord] &= ~Bit(slot);
        _armed[priority][slot / BookSlots.PerWord] |= Bit(slot);
        if (IsReplaceable(word))
        {
            _ages?.Remove(slot, before);
            _ages?.Add(slot, priority);
        }
    }

    private static void WriteRecord(ref BookTagRecord record, int slot, uint generation, ulong tag, int priority)
    {
        record.Tag = tag;
        record.Priority = (uint)priority;
        record.Checksum = BookChecksum.OfTag(tag, (uint)priority, slot, generation);
    }

    /// <summary>Notes an order whose slot is written as armed.</summary>
    private void Take(int slot, ulong tag, int priority)
    {
        _tags[slot] = tag;
        _panicOf[slot] = 0;
        _armed[priority][slot / BookSlots.PerWord] |= Bit(slot);
        _armedCount++;
    }

    private void ArmRejected(int slot, int priority)
    {
        Volatile.Write(ref _words[slot], BookWord.With(_words[slot], BookEntryState.Armed));
        _fired[priority][slot / BookSlots.PerWord] &= ~Bit(slot);
        _rejectedCount--;
        Take(slot, _tags[slot], priority);
        _ages?.Add(slot, priority);
    }

    /// <summary>Makes sure that a panic finds the slot, wherever its walk has come to.</summary>
    private void HandToPanic(int slot)
    {
        ref var word = ref _latched[slot / BookSlots.PerWord];
        _latchedCount += (word & Bit(slot)) == 0 ? 1 : 0;
        word |= Bit(slot);
    }

    private bool TryEvict(int priority, out BookOrder evicted)
    {
        evicted = default;

        // While a panic may be on its way to the oldest, nothing loses its place.
        var slot = _ages is null || _latches.Count > 0 ? -1 : _ages.Oldest(priority);
        if (slot < 0)
        {
            return false;
        }

        evicted = Describe(slot, fired: 0);
        Remove(slot);
        return true;
    }

    /// <summary>Frees a slot, in the file first.</summary>
    private void Remove(int slot)
    {
        var word = _words[slot];
        var priority = (int)Record(slot, word).Priority;
        var at = slot / BookSlots.PerWord;
        var bit = Bit(slot);
        Volatile.Write(ref _words[slot], BookWord.Free);
        _pendingCount -= BookWord.IsLive(word) ? 0 : 1;
        if ((_armed[priority][at] & bit) != 0)
        {
            _armed[priority][at] &= ~bit;
            _armedCount--;
            if (IsReplaceable(word))
            {
                _ages?.Remove(slot, priority);
            }
        }
        else
        {
            _fired[priority][at] &= ~bit;
            ref var count = ref BookWord.State(word) == BookEntryState.Rejected ? ref _rejectedCount : ref _firedCount;
            count--;
        }

        TakeFromLatched(slot);
        _fresh[at] &= ~bit;
        _index.Remove(_entries[slot].Hash, slot);
        _slots.Give(slot);
    }

    private void TakeFromLatched(int slot)
    {
        ref var word = ref _latched[slot / BookSlots.PerWord];
        _latchedCount -= (word & Bit(slot)) == 0 ? 0 : 1;
        word &= ~Bit(slot);
    }

    /// <summary>Whether an armed order may lose its place: not one that an earlier process has sent.</summary>
    private static bool IsReplaceable(uint word) => BookWord.State(word) == BookEntryState.Armed;
}
