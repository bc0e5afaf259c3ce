using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast;

/// <summary>
/// Cancels that are signed, framed and masked ahead of time, ready to be sent in bulk. An order is armed when it is
/// created, by its hash and a tag of the caller's; a panic over a scope of tags sends the cancels of all armed orders in
/// it, without signing or formatting anything. The capacity is fixed; nothing is allocated after construction, except
/// where a method says so.
/// </summary>
/// <remarks>
/// Thread-safe. Signing, formatting and writing to a disk happen outside the lock, which is held for about a microsecond; a panic
/// takes it again for every 64 orders and never waits for a disk. A book may be recorded in a file (<see cref="CreateFile"/>,
/// <see cref="OpenFile"/>): then another process can fire it without the key. A book serves one client at a time.
/// </remarks>
public sealed partial class CancelBook : IDisposable
{
    /// <summary>Priorities go from 0, sent first, to 7.</summary>
    public const int Priorities = BookRecord.Priorities;

    // Order of locks: the recorder's, this one, the masking keys'.
    private readonly Lock _lock = new();
    private readonly MaskingKeys _keys = new();
    private readonly BookOrders _orders;
    private readonly BookLatches _latches = new();
    private readonly BookSigners? _signers;
    private readonly BookArming _arming;
    private readonly bool _verifyArmed;
    private readonly TimeSpan _signerTimeout;
    private BookRecorder? _recorder; // set before the book is handed out, or with its first journal
    private object? _owner;
    private bool _disposed;

    private CancelBook(int capacity, EthereumAddress account, Uri endpoint, CancelBookOptions options, SigningKey? key)
    {
        Capacity = capacity;
        Account = account;
        Endpoint = endpoint;
        _verifyArmed = options.VerifyArmed;
        _signerTimeout = options.SignerTimeout;
        _orders = new BookOrders(capacity);
        _arming = new BookArming(_orders, _latches, options.WhenLatched);
        Firing = new BookFiring(_lock, _orders, _latches, _keys);
        _signers = key is null ? null : new BookSigners(key, _verifyArmed);
        BytesPerOrder = (int)Math.Ceiling(_orders.Size / (double)capacity);
        Recovered = new BookRecovery(0, 0, 0, 0, 0, Openings: 1);
    }

    /// <summary>Makes a book in memory.</summary>
    /// <param name="options">Capacity and endpoint must be set, and the account where there is no key.</param>
    /// <param name="key">
    /// Signs what is armed by its hash alone; null when every signature is given. The caller's: it must outlive the book.
    /// </param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    public static CancelBook Create(CancelBookOptions options, SigningKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ValidateNew();
        return new CancelBook(options.Capacity, options.AccountFor(key), options.Endpoint!, options, key);
    }

    /// <summary>
    /// As <see cref="Create(CancelBookOptions, SigningKey?)"/>, with each change recorded in a journal, which the book disposes.
    /// </summary>
    internal static CancelBook Create(CancelBookOptions options, SigningKey? key, IBookJournal journal)
    {
        var book = Create(options, key);
        book.Record(journal, sequence: 0);
        return book;
    }

    /// <summary>The side that panics see.</summary>
    internal BookFiring Firing { get; }

    /// <summary>How many orders the book holds at most.</summary>
    public int Capacity { get; }

    /// <summary>The account whose orders are in the book.</summary>
    public EthereumAddress Account { get; }

    /// <summary>The venue that the orders are at.</summary>
    public Uri Endpoint { get; }

    /// <summary>Memory in bytes for each order of the capacity, all tables included.</summary>
    public int BytesPerOrder { get; }

    /// <summary>How many orders are in the book, in any state.</summary>
    public int Count
    {
        get
        {
            var counts = CountsByState;
            return counts.Armed + counts.Fired + counts.Rejected;
        }
    }

    /// <summary>How many orders are in the book, by state.</summary>
    public BookCounts CountsByState
    {
        get
        {
            lock (_lock)
            {
                return new BookCounts(_orders.ArmedCount, _orders.FiredCount, _orders.RejectedCount, _orders.PendingCount);
            }
        }
    }

    /// <summary>Whether any scope is latched; see <see cref="Reset"/>.</summary>
    public bool IsLatched
    {
        get
        {
            lock (_lock)
            {
                return _latches.Count > 0;
            }
        }
    }

    /// <summary>
    /// Whether a latch covers the tag, so that arming an order with it meets <see cref="CancelBookOptions.WhenLatched"/>.
    /// </summary>
    public bool Covers(ulong tag)
    {
        lock (_lock)
        {
            return _latches.Cover(tag);
        }
    }

    /// <summary>The orders of a scope, by priority, as they are now; allocates. Others may change the book meanwhile.</summary>
    /// <exception cref="ArgumentException"><paramref name="scope"/> is the default value.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public IReadOnlyList<BookOrder> ListOrders(BookScope scope)
    {
        scope.ThrowIfDefault(nameof(scope));
        var listed = new List<BookOrder>();
        for (var priority = 0; priority < Priorities; priority++)
        {
            for (var word = 0; word < _orders.Words; word++)
            {
                lock (_lock)
                {
                    ThrowIfDisposed();
                    var bits = _orders.Armed[priority][word] | _orders.Fired[priority][word];
                    for (bits = _orders.InScope(bits, word, scope); bits != 0; bits &= bits - 1)
                    {
                        listed.Add(_orders.Describe(BookOrders.Slot(word, bits)));
                    }
                }
            }
        }

        return listed;
    }

    /// <summary>
    /// The orders that a rule of the caller's selects, by priority; allocates. The rule is called outside the book's lock, on this
    /// thread, and what it throws comes out of this method. Others may change the book meanwhile.
    /// </summary>
    /// <param name="predicate">Whether an order is wanted.</param>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public IReadOnlyList<OrderHash> Find(Func<BookOrder, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return [.. ListOrders(BookScope.All).Where(predicate).Select(order => order.Hash)];
    }

    /// <summary>
    /// Clears every latch, so that orders are armed as before. Orders in the scope of a panic that is still sending may go
    /// out with it even when they are armed after the reset. Waits until the book's file has this and all that came before.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public void Reset()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            _latches.Clear();
        }

        _recorder?.WriteAll();
    }

    /// <summary>
    /// Ends the book; its file keeps what is armed. Waits until the file has every change. The key is the caller's.
    /// </summary>
    /// <exception cref="InvalidOperationException">A client uses the book: dispose that client first. Nothing changed.</exception>
    public void Dispose()
    {
        lock (_lock)
        {
            ThrowIfAttached();
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Firing.End();
        }

        // Outside the lock, because it waits for a disk.
        _recorder?.Dispose();
        lock (_lock)
        {
            _orders.Dispose();
        }

        _signers?.Dispose();
    }

    /// <summary>Reserves the book for a client, until <see cref="Detach"/>.</summary>
    /// <param name="owner">The client.</param>
    /// <exception cref="InvalidOperationException">Another client has it.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    internal void Attach(object owner)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (_owner is not null && _owner != owner)
            {
                throw new InvalidOperationException(
                    "Another client uses this book, which serves one client at a time: dispose that client first, or make another book.");
            }

            _owner = owner;
        }
    }

    /// <summary>Ends <see cref="Attach"/>; nothing when the book is not this client's.</summary>
    internal void Detach(object owner)
    {
        lock (_lock)
        {
            _owner = _owner == owner ? null : _owner;
        }
    }

    private void ThrowIfAttached()
    {
        if (_owner is not null)
        {
            throw new InvalidOperationException(
                "A client uses this book, and what it has fired is not followed without it: dispose the client first.");
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
