using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Book;

/// <summary>
/// Takes the orders of a panic out of a book, priority 0 first: marks them as fired and copies their frames. Not thread-safe:
/// used under the book's lock, a few orders for each hold.
/// </summary>
/// <remarks>Compiled fully before its first call: a panic is rare, and its first call is the one that counts.</remarks>
internal sealed unsafe class BookWalk(BookOrders orders, MaskingKeys keys)
{
    /// <summary>What one call looks at, at most: 1 for 64 slots without an order, 64 for others.</summary>
    public const int LookBudget = 4096;

    /// <summary>
    /// How many frames ahead of the one that is copied the memory is asked for: halves the time where every second slot is empty.
    /// </summary>
    private const int PrefetchAhead = 8;

    private const int CacheLine = 64;

    /// <summary>Fires the orders of up to 64 slots. False when the walk has come to an end for now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool FireSome(ref BookCursor cursor, ref FiredFrames batch)
    {
        if (cursor.Stage == BookStage.Latched)
        {
            return FireLatched(ref cursor, ref batch);
        }

        var sets = cursor.Stage == BookStage.Armed ? orders.Armed : orders.Fired;
        for (var budget = LookBudget; budget > 0; budget--)
        {
            if (cursor.Word == orders.Words)
            {
                if (!NextPriority(ref cursor))
                {
                    return true;
                }

                continue;
            }

            var word = cursor.Word;
            var inScope = sets[cursor.Priority][word];
            if (inScope != 0)
            {
                budget -= BookSlots.PerWord;
                inScope = orders.InScope(inScope, word, cursor.Scope);
            }

            if (inScope != 0)
            {
                var isDone = cursor.Stage == BookStage.Armed
                    ? FireWord(word, cursor.Priority, inScope, cursor.Panic, ref batch)
                    : TakeOverWord(word, inScope, cursor.Panic, ref batch);
                cursor.Word += isDone ? 1 : 0;
                return true;
            }

            cursor.Word++;
        }

        return true;
    }

    /// <summary>Fires up to 64 of the listed orders, from the cursor's on; those that are not in the book are skipped.</summary>
    /// <returns>False when the list has come to its end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool FireListed(ref BookCursor cursor, ReadOnlySpan<OrderHash> hashes, ref FiredFrames batch)
    {
        var end = Math.Min(hashes.Length, cursor.Word + BookSlots.PerWord);
        for (; cursor.Word < end; cursor.Word++)
        {
            var slot = orders.Find(hashes[cursor.Word]);
            if (slot < 0)
            {
                cursor.Missing++;
                continue;
            }

            if (batch.Left == 0 || batch.IsTakenOverFull)
            {
                return true;
            }

            var word = slot / BookSlots.PerWord;
            var bit = BookOrders.Bit(slot);
            _ = orders.IsFired(slot)
                ? TakeOverWord(word, bit, cursor.Panic, ref batch)
                : FireWord(word, orders.Store.State(slot).Priority, bit, cursor.Panic, ref batch);
        }

        return cursor.Word < hashes.Length;
    }

    /// <summary>Advances to the next priority, or to the next stage: then false.</summary>
    public static bool NextPriority(ref BookCursor cursor)
    {
        cursor.Word = 0;
        cursor.Priority++;
        if (cursor.Priority < BookRecord.Priorities)
        {
            return true;
        }

        cursor.Priority = 0;
        cursor.Stage++;
        return false;
    }

    /// <summary>Fires armed orders of one word and one priority; true when all of them fitted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool FireWord(int word, int priority, ulong inScope, int panic, ref FiredFrames batch)
    {
        var store = orders.Store;
        var generations = store.Generations;
        var fresh = orders.Fresh[word];
        var left = inScope;
        var ahead = inScope;
        for (var i = 0; i < PrefetchAhead; i++)
        {
            Prefetch(word, ahead);
            ahead &= ahead - 1;
        }

        for (; left != 0 && batch.Left > 0; left &= left - 1)
        {
            var slot = BookOrders.Slot(word, left);
            Prefetch(word, ahead);
            ahead &= ahead - 1;
            var difference = (fresh & BookOrders.Bit(slot)) != 0 ? 0 : keys.Next();
            CancelFrame.Copy(store.Frame(slot), batch.Next, difference);
            batch.Add(slot, generations[slot], store.Hash(slot));
        }

        var fired = inScope ^ left;
        orders.MarkFired(word, priority, fired, panic);
        return left == 0;
    }

    /// <summary>
    /// Takes over what an earlier panic fired: rejected orders are copied again, unanswered ones are given without a
    /// frame, because their copies are on their way. True when all of it fitted.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TakeOverWord(int word, ulong inScope, int panic, ref FiredFrames batch)
    {
        var store = orders.Store;
        for (var left = inScope; left != 0; left &= left - 1)
        {
            var slot = BookOrders.Slot(word, left);
            if (orders.PanicOf[slot] >= panic)
            {
                continue;
            }

            var isRejected = store.State(slot).State == BookEntryState.Rejected;
            if (isRejected ? batch.Left == 0 : batch.IsTakenOverFull)
            {
                return false;
            }

            if (isRejected)
            {
                CancelFrame.Copy(store.Frame(slot), batch.Next, keys.Next());
                batch.Add(slot, store.Generations[slot], store.Hash(slot));
                orders.FireRejected(slot, panic);
            }
            else
            {
                batch.TakeOver(slot, store.Generations[slot], store.Hash(slot));
            }

            orders.PanicOf[slot] = panic;
        }

        return true;
    }

    /// <summary>Fires what met the latch since; false when there is nothing in scope, or no room left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool FireLatched(ref BookCursor cursor, ref FiredFrames batch)
    {
        if (orders.LatchedCount == 0)
        {
            cursor.Word = 0;
            return false;
        }

        for (var budget = LookBudget; budget > 0 && cursor.Word < orders.Words; budget--)
        {
            var word = cursor.Word;
            var inScope = orders.Latched[word];
            if (inScope != 0)
            {
                budget -= BookSlots.PerWord;
                inScope = orders.InScope(inScope, word, cursor.Scope);
            }

            for (; inScope != 0 && batch.Left > 0; inScope &= inScope - 1)
            {
                var slot = BookOrders.Slot(word, inScope);
                _ = FireWord(word, orders.Store.State(slot).Priority, BookOrders.Bit(slot), cursor.Panic, ref batch);
            }

            cursor.Word += inScope == 0 ? 1 : 0;
            if (batch.Left == 0)
            {
                return false;
            }
        }

        if (cursor.Word < orders.Words)
        {
            return true;
        }

        cursor.Word = 0;
        return false;
    }

    /// <summary>
    /// Loads the frame of the lowest bit into the cache: with holes between them, the processor cannot predict which come next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(int word, ulong bits)
    {
        if (Sse.IsSupported && bits != 0)
        {
            var frame = orders.Store.FrameAddress(BookOrders.Slot(word, bits));
            Sse.Prefetch0(frame);
            Sse.Prefetch0(frame + CacheLine);
            Sse.Prefetch0(frame + (2 * CacheLine));
            Sse.Prefetch0(frame + (3 * CacheLine));
            Sse.Prefetch0(frame + (4 * CacheLine));
        }
    }
}
