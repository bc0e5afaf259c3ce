using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Protocol;

namespace Dmex.Fast;

/// <summary>Out of the book: panics and their latches.</summary>
public sealed unsafe partial class CancelBook
{
    /// <summary>Panics whose counters are kept; the one before those is forgotten.</summary>
    private const int PanicsKept = 256;

    /// <summary>What one hold of the lock looks at, at most: 1 for 64 slots without an order, 64 for others.</summary>
    private const int LookBudget = 4096;

    /// <summary>How many frames ahead of the one that is copied the memory is asked for: halves the time where every second slot is empty.</summary>
    private const int PrefetchAhead = 4;

    private const int CacheLine = 64;

    private readonly BookPanic[] _panics = new BookPanic[PanicsKept];

    /// <summary>
    /// Clears every latch, so that orders are armed as before. Orders in the scope of a panic that is still sending may go
    /// out with it even when they are armed after the reset.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public void Reset()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            _latches.Clear();
        }
    }

    /// <summary>Begins a panic: from now on, arming an order in the scope meets the latch.</summary>
    /// <param name="scope">What it covers.</param>
    /// <param name="isFollowed">Keeps its counters until <see cref="Unfollow"/>.</param>
    /// <returns>The panic's number, from 1, counted over the life of the book's file.</returns>
    /// <exception cref="InvalidOperationException">As many other scopes are latched as can be. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    internal int Latch(in BookScope scope, bool isFollowed = false)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!_latches.HasRoomFor(scope))
            {
                throw new InvalidOperationException(
                    $"{BookLatches.Max} scopes are latched already: reset the book, or panic over a scope that covers them, such as all orders.");
            }

            var number = NextPanic();
            _latches.Add(scope, number);
            _panics[number % PanicsKept].Begin(number, scope, isFollowed);
            return number;
        }
    }

    /// <summary>The counters of a panic are not needed any more.</summary>
    internal void Unfollow(int panic)
    {
        lock (_lock)
        {
            if (FindPanic(panic) is { } found)
            {
                found.IsFollowed = false;
            }
        }
    }

    /// <summary>
    /// Called outside the lock, on the thread that brings the news, when a latch handed an order to a panic or none of a panic's
    /// fired orders is unresolved any more; must only wake someone.
    /// </summary>
    internal Action? PanicChanged { get; set; }

    /// <summary>Begins a walk over a panic's orders. Several may walk at once, each order goes to one of them.</summary>
    internal static BookCursor OpenCursor(int panic) => new() { Panic = panic };

    /// <summary>
    /// Copies the frames of the panic's next orders, priority 0 first, and marks them as fired: from then on a disarm says
    /// so. Orders that an earlier panic fired without an end are taken over: refused ones are copied again, unanswered ones
    /// only counted, because their copies are on their way. Then come orders that met the latch meanwhile; call again
    /// when <see cref="PanicChanged"/> was called.
    /// </summary>
    /// <param name="cursor">Of <see cref="OpenCursor"/>.</param>
    /// <param name="destination">Receives whole frames of <see cref="CancelFrame.Length"/> bytes; at least one must fit.</param>
    /// <param name="slots">Receives a slot for each frame; at most as many orders are taken.</param>
    /// <param name="orders">How many.</param>
    /// <param name="generations">Receives the slots' generations; empty, or at least as long as <paramref name="slots"/>.</param>
    /// <returns>Bytes written; 0 when there is nothing to send now.</returns>
    /// <exception cref="ArgumentException">No frame fits.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    /// <remarks>Compiled fully before its first call: a panic is rare, and its first call is the one that counts.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int Fire(
        ref BookCursor cursor, Span<byte> destination, Span<int> slots, out int orders, Span<uint> generations = default)
    {
        var run = new BookRun(destination, slots, generations);
        if (run.Room == 0)
        {
            throw new ArgumentException($"A frame takes {CancelFrame.Length} bytes and a slot.", nameof(destination));
        }

        var more = true;
        while (more && run.Left > 0)
        {
            try
            {
                lock (_lock)
                {
                    ThrowIfDisposed();
                    more = FireSome(ref cursor, Panic(cursor.Panic), ref run);
                }
            }
            catch when (run.Orders > 0)
            {
                // What was taken must go out; the next call, with nothing in hand, meets the same and throws it.
                break;
            }
        }

        orders = run.Orders;
        return run.Bytes;
    }

    /// <summary>Whether the panic's scope is latched by it, so that orders may still be armed for it.</summary>
    internal bool IsLatching(int panic)
    {
        lock (_lock)
        {
            return _latches.AreOf(panic);
        }
    }

    /// <summary>Whether orders in the panic's scope met a latch and were not fired yet.</summary>
    internal bool HasLatched(int panic)
    {
        lock (_lock)
        {
            return !_disposed && HasLatchedIn(Panic(panic).Scope);
        }
    }

    /// <summary>How many orders a walk may still give, at most.</summary>
    internal int MaxAhead(in BookCursor cursor)
    {
        lock (_lock)
        {
            return cursor.Walk != BookWalk.Latched ? _armedCount + _rejectedCount
                : HasLatchedIn(Panic(cursor.Panic).Scope) ? _latchedCount
                : 0;
        }
    }

    /// <summary>What became of a panic's orders.</summary>
    internal PanicCounts Counts(int panic)
    {
        lock (_lock)
        {
            return Panic(panic).Counts();
        }
    }

    /// <summary>The panic of a number; an order may name one that is forgotten, and then null comes back.</summary>
    private BookPanic? FindPanic(int number)
    {
        var panic = _panics[number % PanicsKept];
        return number != 0 && panic.Number == number ? panic : null;
    }

    private BookPanic Panic(int number) =>
        FindPanic(number) ?? throw new ArgumentOutOfRangeException(nameof(number), number, $"Not one of the last {PanicsKept} panics of this book.");

    /// <summary>The next number whose place is not a panic's that is still followed.</summary>
    private int NextPanic()
    {
        var number = _header.NextPanic();
        for (var i = 1; i < PanicsKept && _panics[number % PanicsKept].IsFollowed; i++)
        {
            number = _header.NextPanic();
        }

        return number;
    }

    private bool HasLatchedIn(in BookScope scope)
    {
        for (var word = 0; _latchedCount > 0 && word < _latched.Length; word++)
        {
            if (_latched[word] != 0 && InScope(_latched[word], word, scope) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The latches of a book's file belong to panics, which can be continued.</summary>
    private void RestorePanics()
    {
        for (var i = 0; i < PanicsKept; i++)
        {
            _panics[i] = new BookPanic();
        }

        for (var i = 0; i < _latches.Count; i++)
        {
            (var scope, var number) = _latches[i];
            if (_panics[number % PanicsKept].Number != 0)
            {
                // Another's place (256 panics apart, or a torn record): under a number of its own it is not forgotten.
                number = NextPanic();
                _latches.Renumber(i, number);
            }

            _panics[number % PanicsKept].Begin(number, scope, isFollowed: false);
        }
    }

    /// <summary>Takes the orders of up to 64 slots. False when the walk has come to an end for now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool FireSome(ref BookCursor cursor, BookPanic panic, ref BookRun run)
    {
        if (cursor.Walk == BookWalk.Latched)
        {
            return FireLatched(ref cursor, panic, ref run);
        }

        var bits = cursor.Walk == BookWalk.Armed ? _armed : _fired;
        for (var budget = LookBudget; budget > 0; budget--)
        {
            if (cursor.Word == _fresh.Length)
            {
                if (!NextPriority(ref cursor))
                {
                    return true;
                }

                continue;
            }

            var word = cursor.Word;
            var inScope = bits[cursor.Priority][word];
            if (inScope != 0)
            {
                budget -= BookSlots.PerWord;
                inScope = InScope(inScope, word, panic.Scope);
            }

            if (inScope != 0)
            {
                var whole = cursor.Walk == BookWalk.Armed
                    ? FireWord(word, cursor.Priority, inScope, panic, ref run)
                    : TakeOverWord(word, inScope, panic, ref run);
                cursor.Word += whole ? 1 : 0;
                return true;
            }

            cursor.Word++;
        }

        return true;
    }

    /// <summary>On to the next priority, or to the next stage: then false.</summary>
    private static bool NextPriority(ref BookCursor cursor)
    {
        cursor.Word = 0;
        cursor.Priority++;
        if (cursor.Priority < Priorities)
        {
            return true;
        }

        cursor.Priority = 0;
        cursor.Walk++;
        return false;
    }

    /// <summary>Fires armed orders of one word and one priority; true when all of them fitted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool FireWord(int word, int priority, ulong inScope, BookPanic panic, ref BookRun run)
    {
        var fresh = _fresh[word];
        var left = inScope;
        var ahead = inScope;
        for (var i = 0; i < PrefetchAhead; i++)
        {
            Prefetch(word, ahead);
            ahead &= ahead - 1;
        }

        for (; left != 0 && run.Left > 0; left &= left - 1)
        {
            var slot = Slot(word, left);
            Prefetch(word, ahead);
            ahead &= ahead - 1;
            var difference = (fresh & Bit(slot)) != 0 ? 0 : _keys.Next();
            CancelFrame.Copy(Frame(slot), run.Next, difference);
            MarkFired(slot, panic.Number);
            run.Add(slot, _generationOf[slot]);
        }

        var fired = inScope ^ left;
        var count = BitOperations.PopCount(fired);
        _armed[priority][word] &= ~fired;
        _fired[priority][word] |= fired;
        _fresh[word] &= ~fired;
        _latchedCount -= BitOperations.PopCount(_latched[word] & fired);
        _latched[word] &= ~fired;
        _armedCount -= count;
        _firedCount += count;
        panic.Fired += count;
        panic.Unresolved += count;
        return left == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MarkFired(int slot, int panic)
    {
        var word = _words[slot];
        if (_ages is not null && IsReplaceable(word))
        {
            _ages.Remove(slot, (int)Record(slot, word).Priority);
        }

        _words[slot] = BookWord.With(word, BookEntryState.Fired);
        _panicOf[slot] = panic;
    }

    /// <summary>Takes over what an earlier panic fired; true when all of it fitted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TakeOverWord(int word, ulong inScope, BookPanic panic, ref BookRun run)
    {
        for (var left = inScope; left != 0; left &= left - 1)
        {
            var slot = Slot(word, left);
            if (_panicOf[slot] >= panic.Number)
            {
                continue;
            }

            var rejected = BookWord.State(_words[slot]) == BookEntryState.Rejected;
            if (rejected && run.Left == 0)
            {
                return false;
            }

            if (FindPanic(_panicOf[slot]) is { } before)
            {
                before.Superseded++;
                ref var count = ref rejected ? ref before.Rejected : ref before.Unresolved;
                count--;
            }

            panic.Fired++;
            panic.Unresolved++;
            if (rejected)
            {
                CancelFrame.Copy(Frame(slot), run.Next, _keys.Next());
                run.Add(slot, _generationOf[slot]);
                _rejectedCount--;
                _firedCount++;
                MarkFired(slot, panic.Number);
            }

            _panicOf[slot] = panic.Number;
        }

        return true;
    }

    /// <summary>Fires what met the latch since; false when there is nothing in scope, or no room left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool FireLatched(ref BookCursor cursor, BookPanic panic, ref BookRun run)
    {
        if (_latchedCount == 0)
        {
            cursor.Word = 0;
            return false;
        }

        for (var budget = LookBudget; budget > 0 && cursor.Word < _latched.Length; budget--)
        {
            var word = cursor.Word;
            var inScope = _latched[word];
            if (inScope != 0)
            {
                budget -= BookSlots.PerWord;
                inScope = InScope(inScope, word, panic.Scope);
            }

            for (; inScope != 0 && run.Left > 0; inScope &= inScope - 1)
            {
                var slot = Slot(word, inScope);
                _ = FireWord(word, (int)Record(slot, _words[slot]).Priority, Bit(slot), panic, ref run);
            }

            cursor.Word += inScope == 0 ? 1 : 0;
            if (run.Left == 0)
            {
                return false;
            }
        }

        if (cursor.Word < _latched.Length)
        {
            return true;
        }

        cursor.Word = 0;
        return false;
    }

    /// <summary>Asks for the frame of the lowest bit: with holes between them, the processor does not foresee which come next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(int word, ulong bits)
    {
        if (Sse.IsSupported && bits != 0)
        {
            var frame = _frames + ((long)Slot(word, bits) * CancelFrame.Length);
            Sse.Prefetch0(frame);
            Sse.Prefetch0(frame + CacheLine);
            Sse.Prefetch0(frame + (2 * CacheLine));
            Sse.Prefetch0(frame + (3 * CacheLine));
            Sse.Prefetch0(frame + (4 * CacheLine));
        }
    }
}
