using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signers;
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
/// Thread-safe. Signing and formatting happen outside the lock, which is held for what takes about a microsecond; a panic
/// takes it anew for every 64 orders. A book may live in a file (<see cref="CreateFile"/>, <see cref="OpenFile"/>): then
/// another process can fire it without the key.
/// </remarks>
public sealed unsafe partial class CancelBook : IDisposable
{
    /// <summary>Priorities go from 0, sent first, to 7.</summary>
    public const int Priorities = 8;

    private readonly Lock _lock = new();
    private readonly BookMemory _memory;
    private readonly BookFullPolicy _whenFull;
    private readonly BookLatchedPolicy _whenLatched;
    private readonly Action<OrderHash, ulong>? _evicted;
    private readonly bool _verifyArmed;
    private readonly SignerPool? _signers;
    private readonly BookBatchSigners? _batchSigners;
    private readonly MaskingKeys _keys = new();

    // The book's memory, which is its file.
    private readonly uint* _words;
    private readonly BookEntry* _entries;
    private readonly byte* _frames;
    private readonly BookHeader _header;
    private readonly BookLatches _latches;

    // What is made from it when the book is opened.
    private readonly BookIndex _index;
    private readonly BookSlots _slots;
    private readonly BookAges? _ages;
    private readonly ulong[] _tags;
    private readonly int[] _panicOf;
    private readonly uint[] _generationOf;

    // A bit a slot. An order is in one of armed and fired, those of its priority; it is fresh until its frame was copied out.
    private readonly ulong[][] _armed = new ulong[Priorities][];
    private readonly ulong[][] _fired = new ulong[Priorities][];
    private readonly ulong[] _fresh;
    private readonly ulong[] _latched;

    private int _armedCount;
    private int _firedCount;
    private int _rejectedCount;
    private int _pendingCount;
    private int _latchedCount;
    private bool _disposed;

    private CancelBook(BookMemory memory, BookLayout layout, EthereumAddress account, Uri endpoint, CancelBookOptions options, SigningKey? key)
    {
        _memory = memory;
        Capacity = layout.Capacity;
        Account = account;
        Endpoint = endpoint;
        _whenFull = options.WhenFull;
        _whenLatched = options.WhenLatched;
        _evicted = options.Evicted;
        _verifyArmed = options.VerifyArmed;
        _words = (uint*)(memory.Base + BookLayout.WordsAt);
        _entries = (BookEntry*)(memory.Base + layout.EntriesAt);
        _frames = memory.Base + layout.FramesAt;
        _header = new BookHeader(memory.Base);
        _latches = new BookLatches(_header.Latches);
        _index = new BookIndex(Capacity, _entries);
        _slots = new BookSlots(Capacity);
        _ages = _whenFull == BookFullPolicy.ReplaceOldest ? new BookAges(Capacity) : null;
        var words = (Capacity + BookSlots.PerWord - 1) / BookSlots.PerWord;
        _tags = new ulong[words * BookSlots.PerWord];
        _panicOf = new int[Capacity];
        _generationOf = new uint[Capacity];
        _fresh = new ulong[words];
        _latched = new ulong[words];
        for (var i = 0; i < Priorities; i++)
        {
            _armed[i] = new ulong[words];
            _fired[i] = new ulong[words];
        }

        var perSlot = sizeof(ulong) + sizeof(int) + sizeof(uint) + (_ages is null ? 0 : 2 * sizeof(int));
        var bits = (long)words * sizeof(ulong) * ((2 * Priorities) + 3);
        BytesPerOrder = (int)Math.Ceiling((layout.Length + _index.Size + bits + ((long)Capacity * perSlot)) / (double)Capacity);
        if (key is not null)
        {
            _signers = new SignerPool(key, _verifyArmed);
            _batchSigners = new BookBatchSigners(key, _verifyArmed);
        }

        RestorePanics();
    }

    /// <summary>Makes a book in memory.</summary>
    /// <param name="options">Capacity and endpoint must be set, and the account where there is no key.</param>
    /// <param name="key">Signs what is armed by its hash alone; null when every signature is given. The caller's: it must outlive the book.</param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    public static CancelBook Create(CancelBookOptions options, SigningKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ValidateNew();
        var account = AccountOf(options, key);
        var layout = new BookLayout(options.Capacity);
#pragma warning disable CA2000 // The book disposes it.
        var book = new CancelBook(new BookMemory(layout.Length), layout, account, options.Endpoint!, options, key);
#pragma warning restore CA2000
        book._header.CountOpening();
        book.Recover(missing: 0);
        return book;
    }

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
                return new BookCounts(_armedCount, _firedCount, _rejectedCount, _pendingCount);
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

    /// <summary>Whether a latch covers the tag, so that arming an order with it meets <see cref="CancelBookOptions.WhenLatched"/>.</summary>
    public bool Covers(ulong tag)
    {
        lock (_lock)
        {
            return _latches.Cover(tag);
        }
    }

    /// <summary>The orders of a scope, by priority, as they are now; allocates. Others may change the book meanwhile.</summary>
    public IReadOnlyList<BookOrder> ListOrders(BookScope scope)
    {
        var orders = new List<BookOrder>();
        for (var priority = 0; priority < Priorities; priority++)
        {
            for (var word = 0; word < _fresh.Length; word++)
            {
                lock (_lock)
                {
                    ThrowIfDisposed();
                    var fired = _fired[priority][word];
                    for (var bits = InScope(_armed[priority][word] | fired, word, scope); bits != 0; bits &= bits - 1)
                    {
                        orders.Add(Describe(Slot(word, bits), fired));
                    }
                }
            }
        }

        return orders;
    }

    /// <summary>Ends the book; its file keeps what is armed. The key is the caller's.</summary>
    public void Dispose()
    {
        lock (_flushLock)
        {
            lock (_lock)
            {
                _disposed = true;
                _memory.Dispose();
            }
        }

        _signers?.Dispose();
        _batchSigners?.Dispose();
    }

    private static EthereumAddress AccountOf(CancelBookOptions options, SigningKey? key)
    {
        if (options.Account is not { } account)
        {
            return key?.Address ?? throw new ArgumentException(
                $"{nameof(CancelBookOptions.Account)}: the address whose orders are armed, or a key.", nameof(options));
        }

        CheckKey(account, key);
        return account;
    }

    private static void CheckKey(EthereumAddress account, SigningKey? key)
    {
        if (key is not null && key.Address != account)
        {
            throw new ArgumentException($"The key is that of {key.Address}, and the book that of {account}.", nameof(key));
        }
    }

    private BookOrder Describe(int slot, ulong fired)
    {
        var word = _words[slot];
        var state = (fired & Bit(slot)) == 0 ? BookOrderState.Armed
            : BookWord.State(word) == BookEntryState.Rejected ? BookOrderState.Rejected
            : BookOrderState.Fired;
        return new BookOrder(_entries[slot].Hash, _tags[slot], (int)Record(slot, word).Priority, state, !BookWord.IsLive(word));
    }

    /// <summary>The bits of a word whose orders are in a scope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong InScope(ulong bits, int word, in BookScope scope)
    {
        if (scope.Mask == 0 && scope.Predicate is null)
        {
            return bits;
        }

        ulong inScope = 0;
        if (scope.Predicate is null && Vector256.IsHardwareAccelerated)
        {
            ref var tags = ref _tags[word * BookSlots.PerWord];
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
            inScope |= scope.Contains(_tags[slot]) ? Bit(slot) : 0;
        }

        return inScope;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bit(int slot) => 1UL << (slot % BookSlots.PerWord);

    /// <summary>The slot of the lowest bit of a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(int word, ulong bits) =>
        (word * BookSlots.PerWord) + System.Numerics.BitOperations.TrailingZeroCount(bits);

    private ref BookTagRecord Record(int slot, uint word) =>
        ref BookWord.Record(word) == 0 ? ref _entries[slot].First : ref _entries[slot].Second;

    private Span<byte> Frame(int slot) => new(_frames + ((long)slot * CancelFrame.Length), CancelFrame.Length);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
