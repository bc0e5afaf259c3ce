using System.Diagnostics;
using Dmex.Fast.Beats;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Local;

/// <summary>
/// Keeps a book in memory as an engine's file has it: reads all records again and again, on a thread of its own, and takes over those
/// whose sequence has changed. Reading takes no lock, so that a hung engine's file is read as well. It also looks whether book and page are
/// still those that were opened. Thread-safe.
/// </summary>
internal sealed class BookFollower : IDisposable
{
    private const int Block = 512;

    /// <summary>Reading takes at most a share of 1 : (this + 1) of a processor.</summary>
    private const int Rest = 19;

    private const int PatientLooks = 8;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly CancelBook _book;
    private readonly BookFile _file;
    private readonly BeatPage _page;
    private readonly Func<bool> _isOver;
    private readonly Action<string> _warn;
    private readonly BookRecord[] _records = new BookRecord[Block];
    private readonly ulong[] _sequences;
    private readonly OrderHash[] _hashes;
    private readonly uint[] _generations;
    private readonly Dictionary<OrderHash, int> _slots = [];
    private readonly List<(OrderHash Hash, int Slot)> _left = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private List<TaskCompletionSource<BookReading>> _asked = [];
    private bool _isFull;
    private bool _isLost;
    private bool _hasEnded;
    private int _failures;
    private volatile bool _isReplaced;
    private volatile bool _isStopping;

    /// <param name="book">Receives the orders; empty, of at least the file's capacity.</param>
    /// <param name="file">The engine's, opened to copy; disposed with this.</param>
    /// <param name="capacity">How many orders the file takes.</param>
    /// <param name="page">The engine's page.</param>
    /// <param name="isOver">
    /// Whether the engine goes on without this standby's panic: what it arms from then on must not be taken over.
    /// </param>
    /// <param name="warn">Told what is wrong; must only hand on.</param>
    public BookFollower(CancelBook book, BookFile file, int capacity, BeatPage page, Func<bool> isOver, Action<string> warn)
    {
        _book = book;
        _file = file;
        _page = page;
        _isOver = isOver;
        _warn = warn;
        _sequences = new ulong[capacity];
        _hashes = new OrderHash[capacity];
        _generations = new uint[capacity];
        _thread = new Thread(Run) { IsBackground = true, Name = "dmex-follow" };
    }

    /// <summary>Whether another engine has taken the page.</summary>
    public bool IsReplaced => _isReplaced;

    /// <summary>Reads everything, then follows.</summary>
    public void Start()
    {
        _ = ReadAll();
        _thread.Start();
    }

    /// <summary>Reads everything once more, from a moment after the call.</summary>
    public Task<BookReading> ReadAllAsync()
    {
        var asked = new TaskCompletionSource<BookReading>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _asked.Add(asked);
        }

        _ = _wake.Set();
        return asked.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopping = true;
        _ = _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _records.AsSpan().Clear(); // signatures
        _file.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        var lookedAt = Stopwatch.GetTimestamp();
        while (!_isStopping)
        {
            List<TaskCompletionSource<BookReading>> asked;
            lock (_lock)
            {
                (asked, _asked) = (_asked, []);
            }

            var began = Stopwatch.GetTimestamp();
            var armed = TryReadAll();
            if (asked.Count > 0)
            {
                var reading = new BookReading(armed, _slots.Keys.ToHashSet());
                asked.ForEach(one => one.SetResult(reading));
            }

            if (Stopwatch.GetElapsedTime(lookedAt) >= LookInterval)
            {
                lookedAt = Stopwatch.GetTimestamp();
                Look();
            }

            var pause = Rest * Stopwatch.GetElapsedTime(began);
            _ = _wake.WaitOne(pause > ShortestPause ? pause : ShortestPause);
        }
    }

    private int TryReadAll()
    {
        try
        {
            return ReadAll();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_isLost)
            {
                _isLost = true;
                _warn($"The book's file cannot be read ({e.Message}): the standby holds what it read last.");
            }

            return 0;
        }
    }

    /// <summary>Takes over what has changed; returns how many orders were armed.</summary>
    private int ReadAll()
    {
        var armed = 0;
        for (var first = 0; first < _sequences.Length && !_hasEnded; first += Block)
        {
            var records = _records.AsSpan(0, Math.Min(Block, _sequences.Length - first));
            _file.ReadOrders(first, records);
            if (IsAnothers())
            {
                _hasEnded = true;
                break;
            }

            for (var i = 0; i < records.Length; i++)
            {
                // One that is being written is not whole, and is read again.
                if (records[i].Sequence != _sequences[first + i] && records[i].IsWhole(BookRecordKind.Order, first + i))
                {
                    armed += Take(first + i, records[i]) ? 1 : 0;
                }
            }
        }

        // Last, because an order may have moved to a place that was read later.
        foreach (var (hash, slot) in _left)
        {
            if (_slots.TryGetValue(hash, out var holder) && holder == slot)
            {
                _ = _slots.Remove(hash);
                _ = _book.Disarm(hash);
            }
        }

        _left.Clear();
        return armed;
    }

    /// <summary>
    /// Whether the file may hold what is not this standby's to fire: an engine opened it again, or has resumed. Asked after reading, so
    /// that what was read before is known to be older.
    /// </summary>
    private bool IsAnothers() => _isOver() || _file.ReadMark() != _file.Mark;

    /// <summary>Takes over a record; whether it armed an order.</summary>
    private bool Take(int slot, in BookRecord record)
    {
        _sequences[slot] = record.Sequence;
        var held = _hashes[slot];
        var hash = record.State == BookEntryState.Free ? default : record.Hash;
        if (held != default && held != hash)
        {
            _left.Add((held, slot));
        }

        var isSameStay = held == hash && _generations[slot] == record.Generation;
        (_hashes[slot], _generations[slot]) = (hash, record.Generation);
        if (hash == default)
        {
            return false;
        }

        if (isSameStay && !_book.Firing.Locate(hash).IsThere)
        {
            return false; // fired here, and closed by what the venue said; the engine only learns it
        }

        if (!isSameStay && _slots.ContainsKey(hash))
        {
            _ = _book.Disarm(hash); // armed again: it is not known to be at the venue any more
        }

        _slots[hash] = slot;

        var result = _book.Arm(hash, record.Signature, record.Tag, record.Priority);
        if (record.IsLive)
        {
            _ = _book.MarkLive(hash);
        }

        if (result == ArmResult.Full && !_isFull)
        {
            _isFull = true;
            _warn("The standby's copy of the book is full: not every order is held.");
        }

        return result is ArmResult.Armed or ArmResult.FiredByLatch;
    }

    private void Look()
    {
        try
        {
            using var found = BeatPage.Open(_page.Path);
            _isReplaced = found.Head.Engine != _page.Head.Engine;
        }
        catch (BeatPageException)
        {
            // Deleted, or in the middle of something: the memory of the beats is watched as before.
        }

        if (_hasEnded)
        {
            return;
        }

        try
        {
            _file.Verify();
            _failures = 0;
        }
        catch (BookFileException e) when (!_isReplaced)
        {
            // Not at once, because an engine that starts opens the book before it makes its page.
            if (++_failures == PatientLooks)
            {
                _warn($"{e.Message.Split(". ", 2)[0]}. The standby holds what it read last.");
            }
        }
        catch (BookFileException)
        {
            // The new engine's.
        }
    }
}
