using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>What becomes of orders in the book.</summary>
public sealed unsafe partial class CancelBook
{
    /// <summary>Takes an armed order out. It races a panic exactly: it is removed or fired, never both.</summary>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public DisarmResult Disarm(in OrderHash hash)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            var slot = _index.Find(hash);
            if (slot < 0)
            {
                return DisarmResult.NotFound;
            }

            if (BookWord.State(_words[slot]) != BookEntryState.Armed)
            {
                return DisarmResult.AlreadyFired;
            }

            Remove(slot);
            return DisarmResult.Removed;
        }
    }

    /// <summary>
    /// Takes an order out whatever its state, because the caller knows that it is closed: one that was fired is not
    /// followed any more.
    /// </summary>
    /// <returns>Whether it was in the book.</returns>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public bool Forget(in OrderHash hash)
    {
        bool isSettled;
        lock (_lock)
        {
            ThrowIfDisposed();
            var slot = _index.Find(hash);
            if (slot < 0)
            {
                return false;
            }

            var panic = FindPanic(_panicOf[slot]);
            if (panic is not null)
            {
                panic.Forgotten++;
                Uncount(slot, panic);
            }

            Remove(slot);
            isSettled = panic is { Unresolved: 0 };
        }

        TellIf(isSettled);
        return true;
    }

    /// <summary>
    /// Says that the venue knows the order. Until then it is pending: "not found" may then mean that its cancel came first.
    /// </summary>
    /// <returns>Whether it is in the book.</returns>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public bool MarkLive(in OrderHash hash)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            var slot = _index.Find(hash);
            if (slot < 0)
            {
                return false;
            }

            var word = _words[slot];
            if (!BookWord.IsLive(word))
            {
                _pendingCount--;
                Volatile.Write(ref _words[slot], BookWord.WithLive(word));
            }

            return true;
        }
    }

    /// <summary>Whether an order is in the book and pending.</summary>
    internal bool IsPending(in OrderHash hash)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            var slot = _index.Find(hash);
            return slot >= 0 && !BookWord.IsLive(_words[slot]);
        }
    }

    /// <summary>
    /// Takes the venue's final word about an order, fired or not: confirmed and gone take it out, in the file too; rejected
    /// marks it when a panic fired it. Whether "not found" of a pending order is final is the caller's to decide.
    /// </summary>
    /// <param name="hash">The order.</param>
    /// <param name="kind">Confirmed, gone or rejected.</param>
    /// <param name="gone">Why it is gone; counted alike, but for "not found" of a pending order.</param>
    /// <param name="now">When the answer came.</param>
    /// <returns>False when the order is not in the book.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is unresolved, or gone without a reason.</exception>
    internal bool Resolve(in OrderHash hash, CancelOutcomeKind kind, GoneReason gone, long now)
    {
        if (kind == CancelOutcomeKind.Unresolved || (kind == CancelOutcomeKind.AlreadyGone && gone == GoneReason.None))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "Confirmed, gone with a reason, or rejected.");
        }

        bool isSettled;
        lock (_lock)
        {
            ThrowIfDisposed();
            var slot = _index.Find(hash);
            if (slot < 0)
            {
                return false;
            }

            var panic = FindPanic(_panicOf[slot]);
            if (kind == CancelOutcomeKind.Rejected)
            {
                MarkRejected(slot, panic);
            }
            else
            {
                if (panic is not null)
                {
                    panic.LastClosed = now;
                    Uncount(slot, panic);
                    var neverThere = gone == GoneReason.NotFound && !BookWord.IsLive(_words[slot]);
                    ref var count = ref kind == CancelOutcomeKind.Confirmed ? ref panic.Confirmed : ref neverThere ? ref panic.NotFound : ref panic.Gone;
                    count++;
                }

                Remove(slot);
            }

            isSettled = panic is { Unresolved: 0 };
        }

        TellIf(isSettled);
        return true;
    }

    /// <summary>The panic's unresolved orders, priority 0 first. Rejected ones are resolved.</summary>
    /// <param name="cursor">Of <see cref="OpenCursor"/>; another than that of <see cref="Fire"/>.</param>
    /// <param name="slots">Receives slots.</param>
    /// <param name="generations">Receives their generations; empty, or at least as long as <paramref name="slots"/>.</param>
    /// <returns>How many slots; 0 when the walk has come to its end.</returns>
    internal int Unresolved(ref BookCursor cursor, Span<int> slots, Span<uint> generations = default)
    {
        var count = 0;
        cursor.Walk = cursor.Walk == BookWalk.Armed ? BookWalk.FiredBefore : cursor.Walk;
        while (count < slots.Length && cursor.Walk == BookWalk.FiredBefore)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                count = UnresolvedSome(ref cursor, slots, generations, count);
            }
        }

        return count;
    }

    /// <summary>Copies a fired order's frame under another masking key, for a further copy.</summary>
    /// <param name="slot">Of <see cref="Fire"/> or <see cref="Unresolved"/>.</param>
    /// <param name="generation">The slot's generation, from the same call.</param>
    /// <param name="destination">At least <see cref="CancelFrame.Length"/> bytes.</param>
    /// <param name="maskingKey">A fresh key.</param>
    /// <returns>False when the slot does not hold that order any more; then nothing is written.</returns>
    internal bool CopyFrame(int slot, uint generation, Span<byte> destination, uint maskingKey)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!Holds(slot, generation))
            {
                return false;
            }

            CancelFrame.Remask(Frame(slot), destination, maskingKey);
            return true;
        }
    }

    private void TellIf(bool isSettled)
    {
        if (isSettled)
        {
            PanicChanged?.Invoke();
        }
    }

    private bool Holds(int slot, uint generation) => _words[slot] != BookWord.Free && _generationOf[slot] == generation;

    private int UnresolvedSome(ref BookCursor cursor, Span<int> slots, Span<uint> generations, int count)
    {
        for (var budget = LookBudget; budget > 0; budget--)
        {
            if (cursor.Word == _fresh.Length)
            {
                if (!NextPriority(ref cursor))
                {
                    return count;
                }

                continue;
            }

            var bits = _fired[cursor.Priority][cursor.Word];
            budget -= bits == 0 ? 0 : BookSlots.PerWord;
            bits &= ulong.MaxValue << cursor.Bit;
            cursor.Bit = 0;
            for (; bits != 0; bits &= bits - 1)
            {
                var slot = Slot(cursor.Word, bits);
                if (_panicOf[slot] != cursor.Panic || BookWord.State(_words[slot]) != BookEntryState.Fired)
                {
                    continue;
                }

                if (count == slots.Length)
                {
                    cursor.Bit = slot % BookSlots.PerWord;
                    return count;
                }

                slots[count] = slot;
                if (!generations.IsEmpty)
                {
                    generations[count] = _generationOf[slot];
                }

                count++;
            }

            cursor.Word++;
        }

        return count;
    }

    private void MarkRejected(int slot, BookPanic? panic)
    {
        var word = _words[slot];
        var fired = _fired[Record(slot, word).Priority][slot / BookSlots.PerWord] & Bit(slot);
        if (fired == 0 || BookWord.State(word) != BookEntryState.Fired)
        {
            return;
        }

        Volatile.Write(ref _words[slot], BookWord.With(word, BookEntryState.Rejected));
        _firedCount--;
        _rejectedCount++;
        if (panic is not null)
        {
            panic.Unresolved--;
            panic.Rejected++;
        }
    }

    /// <summary>Takes a fired order off the counter that it stands on.</summary>
    private void Uncount(int slot, BookPanic panic)
    {
        ref var count = ref BookWord.State(_words[slot]) == BookEntryState.Rejected ? ref panic.Rejected : ref panic.Unresolved;
        count--;
    }
}
