using System.Numerics;
using System.Runtime.CompilerServices;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Book;

/// <summary>
/// The side of a book that panics see: latches, orders out of the book, and what the venue says about them. Thread-safe by the book's
/// lock.
/// </summary>
internal sealed class BookFiring
{
    private readonly Lock _lock;
    private readonly BookOrders _orders;
    private readonly BookLatches _latches;
    private readonly MaskingKeys _keys;
    private readonly BookWalk _walk;
    private int _latestPanic;
    private bool _disposed;

    /// <param name="bookLock">The book's.</param>
    /// <param name="orders">What is in it.</param>
    /// <param name="latches">Its latches.</param>
    /// <param name="keys">Its masking keys.</param>
    public BookFiring(Lock bookLock, BookOrders orders, BookLatches latches, MaskingKeys keys)
    {
        _lock = bookLock;
        _orders = orders;
        _latches = latches;
        _keys = keys;
        _walk = new BookWalk(orders, keys);
    }

    /// <summary>Goes on with the numbers of a file's panics, before the book is handed out.</summary>
    public void Resume() => _latestPanic = _latches.LatestPanic;

    /// <summary>Nothing can be fired from now on. Called under the book's lock.</summary>
    public void End() => _disposed = true;

    /// <summary>Begins a panic over a scope: from now on, arming an order in the scope meets the latch.</summary>
    /// <param name="scope">What it covers.</param>
    /// <returns>The panic's number, from 1; those of a book's file go on from the highest that it has latched.</returns>
    /// <exception cref="ArgumentException"><paramref name="scope"/> is the default value. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">As many other scopes are latched as can be. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public int Latch(in BookScope scope)
    {
        scope.ThrowIfDefault(nameof(scope));
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!_latches.HasRoomFor(scope))
            {
                throw new InvalidOperationException(
                    $"{BookLatches.Max} scopes are latched already: reset the book, or panic over a scope that covers them, such as all.");
            }

            var number = ++_latestPanic;
            _latches.Add(scope, number);
            _orders.Store.HasChanges = true;
            return number;
        }
    }

    /// <summary>Begins a panic over listed orders, which latches nothing.</summary>
    /// <returns>The panic's number.</returns>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public int BeginListed()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            return ++_latestPanic;
        }
    }

    /// <summary>
    /// Called outside the lock, on the thread that brings the news, when a latch handed an order to a panic; must only wake someone.
    /// </summary>
    public Action? LatchMet { get; set; }

    /// <summary>Begins a walk over a panic's orders. Several may walk at once, each order goes to one of them.</summary>
    public static BookCursor OpenCursor(int panic, in BookScope scope) => new() { Panic = panic, Scope = scope };

    /// <summary>
    /// Copies the frames of the panic's next orders, priority 0 first, and marks them as fired: from then on a disarm says
    /// so. Orders that an earlier panic fired without an end are taken over: rejected ones are copied again, unanswered ones
    /// change their panic only, because their copies are on their way. Then come orders that met the latch meanwhile; call again
    /// when <see cref="LatchMet"/> was called. Call <see cref="CancelBook.HandToJournal"/> when the frames have left.
    /// </summary>
    /// <param name="cursor">Of <see cref="OpenCursor"/>.</param>
    /// <param name="destination">Receives whole frames of <see cref="CancelFrame.Length"/> bytes; at least one must fit.</param>
    /// <param name="orders">Receives an order for each frame; at most as many are taken.</param>
    /// <param name="takenOver">Receives orders that are taken over without a frame; room for at least one.</param>
    /// <param name="takenOverCount">How many of those.</param>
    /// <returns>How many frames. When there are none and nothing was taken over, there is nothing to send now.</returns>
    /// <exception cref="ArgumentException">No frame fits.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fire(
        ref BookCursor cursor, Span<byte> destination, Span<FiredOrder> orders, Span<FiredOrder> takenOver, out int takenOverCount)
    {
        var batch = new FiredFrames(destination, orders, takenOver);
        var more = true;
        while (more && batch.Left > 0 && !batch.IsTakenOverFull)
        {
            lock (_lock)
            {
                if (_disposed && batch.Count > 0)
                {
                    break; // what was taken must go out; the next call throws
                }

                ThrowIfDisposed();
                more = _walk.FireSome(ref cursor, ref batch);
            }
        }

        takenOverCount = batch.TakenOverCount;
        return batch.Count;
    }

    /// <summary>
    /// As <see cref="Fire(ref BookCursor, Span{byte}, Span{FiredOrder}, Span{FiredOrder}, out int)"/>, over listed orders in the order of
    /// the list; those that are not in the book are skipped.
    /// </summary>
    /// <param name="cursor">Of <see cref="OpenCursor"/>, with the number of <see cref="BeginListed"/> and the default scope.</param>
    /// <param name="hashes">The same list in every call.</param>
    /// <param name="destination">Receives whole frames of <see cref="CancelFrame.Length"/> bytes; at least one must fit.</param>
    /// <param name="orders">Receives an order for each frame; at most as many are taken.</param>
    /// <param name="takenOver">Receives orders that are taken over without a frame; room for at least one.</param>
    /// <param name="takenOverCount">How many of those.</param>
    /// <returns>How many frames. When there are none and nothing was taken over, the list has come to its end.</returns>
    /// <exception cref="ArgumentException">No frame fits.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fire(
        ref BookCursor cursor,
        ReadOnlySpan<OrderHash> hashes,
        Span<byte> destination,
        Span<FiredOrder> orders,
        Span<FiredOrder> takenOver,
        out int takenOverCount)
    {
        var batch = new FiredFrames(destination, orders, takenOver);
        var more = true;
        while (more && batch.Left > 0 && !batch.IsTakenOverFull)
        {
            lock (_lock)
            {
                if (_disposed && batch.Count > 0)
                {
                    break;
                }

                ThrowIfDisposed();
                more = _walk.FireListed(ref cursor, hashes, ref batch);
            }
        }

        takenOverCount = batch.TakenOverCount;
        return batch.Count;
    }

    /// <summary>Where an order is in the book; not there when the book is disposed.</summary>
    public BookPlace Locate(in OrderHash hash)
    {
        lock (_lock)
        {
            var slot = _disposed ? -1 : _orders.Find(hash);
            return slot < 0 ? default : new BookPlace(true, slot, _orders.Store.Generations[slot], _orders.Store.State(slot).IsLive);
        }
    }

    /// <summary>Lists the armed orders of a scope that a walk over it has not fired.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="isLatchedOnly">Only those that met a latch since.</param>
    /// <param name="armed">Receives them.</param>
    public void ListArmed(in BookScope scope, bool isLatchedOnly, List<OrderHash> armed)
    {
        lock (_lock)
        {
            for (var word = 0; !_disposed && word < _orders.Words; word++)
            {
                for (var priority = 0; priority < CancelBook.Priorities; priority++)
                {
                    var bits = _orders.Armed[priority][word] & (isLatchedOnly ? _orders.Latched[word] : ulong.MaxValue);
                    for (bits = bits == 0 ? 0 : _orders.InScope(bits, word, scope); bits != 0; bits &= bits - 1)
                    {
                        armed.Add(_orders.Store.Hash(BookOrders.Slot(word, bits)));
                    }
                }
            }
        }
    }

    /// <summary>Lists those of given orders that are armed.</summary>
    public void ListArmed(ReadOnlySpan<OrderHash> orders, List<OrderHash> armed)
    {
        lock (_lock)
        {
            foreach (ref readonly var order in orders)
            {
                var slot = _disposed ? -1 : _orders.Find(order);
                if (slot >= 0 && !_orders.IsFired(slot))
                {
                    armed.Add(order);
                }
            }
        }
    }

    /// <summary>Draws a masking key for one frame.</summary>
    public uint NextMaskingKey()
    {
        lock (_lock)
        {
            return _keys.Next();
        }
    }

    /// <summary>
    /// Called outside the lock when the caller took an order out whatever its state, so that nothing more is sent for it; must only hand
    /// on.
    /// </summary>
    public Action<BookPlace>? Forgotten { get; set; }

    /// <summary>Copies an order's frame under another masking key, for a further copy.</summary>
    /// <param name="slot">Of <see cref="Locate"/> or of firing.</param>
    /// <param name="generation">The slot's generation, from the same call.</param>
    /// <param name="destination">At least <see cref="CancelFrame.Length"/> bytes.</param>
    /// <param name="maskingKey">A fresh key.</param>
    /// <returns>False when the slot does not hold that order any more; then nothing is written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public bool CopyFrame(int slot, uint generation, Span<byte> destination, uint maskingKey)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!_orders.Holds(slot, generation))
            {
                return false;
            }

            CancelFrame.Remask(_orders.Store.Frame(slot), destination, maskingKey);
            return true;
        }
    }

    /// <summary>The signature of an order's cancel, for who goes on with it when the order leaves the book.</summary>
    /// <returns>False when the slot does not hold that order any more, or the book is disposed.</returns>
    public bool TryGetSignature(int slot, uint generation, out Signature signature)
    {
        lock (_lock)
        {
            var isThere = !_disposed && _orders.Holds(slot, generation);
            signature = isThere ? _orders.Store.SignatureOf(slot) : default;
            return isThere;
        }
    }

    /// <summary>
    /// Takes the venue's final answer about an order, fired or not: confirmed and gone take it out, in the file too; rejected
    /// marks it when a panic fired it. Whether "not found" of a pending order is final is the caller's to decide. Does not wait for
    /// the file; see <see cref="CancelBook.HandToJournal"/>.
    /// </summary>
    /// <returns>False when the order is not in the book, or the book is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is unresolved.</exception>
    public bool Settle(in OrderHash hash, CancelOutcomeKind kind)
    {
        if (kind == CancelOutcomeKind.Unresolved)
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "Confirmed, gone or rejected.");
        }

        lock (_lock)
        {
            var slot = _disposed ? -1 : _orders.Find(hash);
            if (slot >= 0)
            {
                _ = SettleSlot(slot, kind);
            }

            return slot >= 0;
        }
    }

    /// <inheritdoc cref="Settle(in OrderHash, CancelOutcomeKind)" path="/*[not(self::param)]"/>
    /// <param name="order">What was resolved.</param>
    public bool Settle(in SettledOrder order)
    {
        lock (_lock)
        {
            var slot = _disposed ? -1 : _orders.Find(order);
            return slot >= 0 && SettleSlot(slot, order.Kind);
        }
    }

    /// <summary>The panics whose scopes are latched; a book's file keeps them over a restart. Allocates.</summary>
    public (BookScope Scope, int Panic)[] LatchedPanics()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            var latched = new (BookScope, int)[_latches.Count];
            var left = _latches.Set;
            for (var i = 0; i < latched.Length; i++, left &= left - 1)
            {
                latched[i] = _latches[BitOperations.TrailingZeroCount(left)];
            }

            return latched;
        }
    }

    /// <summary>Whether the panic's scope is latched by it, so that orders may still be armed for it.</summary>
    public bool IsLatching(int panic)
    {
        lock (_lock)
        {
            return _latches.AreOf(panic);
        }
    }

    /// <summary>Whether orders in a scope met a latch and were not fired yet.</summary>
    public bool HasLatched(in BookScope scope)
    {
        lock (_lock)
        {
            return !_disposed && _orders.HasLatchedIn(scope);
        }
    }

    private bool SettleSlot(int slot, CancelOutcomeKind kind)
    {
        if (kind == CancelOutcomeKind.Rejected)
        {
            return _orders.TryMarkRejected(slot);
        }

        _orders.Remove(slot);
        return true;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(CancelBook));
}
