using System.Collections.Concurrent;
using Dmex.Fast.Book;
using Dmex.Fast.Protocol;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

/// <summary>Arming, disarming, two pumps of the same panics and the replies, each on a thread of its own.</summary>
public sealed class BookRaceTests(ITestOutputHelper output)
{
    private const int Orders = 20_000;
    private const int Panics = 50;
    private const int Capacity = 500;

    private readonly int[] _fires = new int[Orders];
    private readonly int[] _rejections = new int[Orders];
    private readonly bool[] _removed = new bool[Orders];
    private readonly bool[] _closed = new bool[Orders];
    private readonly ConcurrentQueue<Fired> _sent = new();
    private readonly CancelBook _book = Books.Create(Capacity);
    private readonly ConcurrentDictionary<int, PanicTally> _tallies = new();
    private readonly Lock _lock = new();
    private readonly TrackerEffects _effects = new();
    private CancelTracker? _tracker;
    private long _now = 1;
    private int _takenOver;
    private volatile int _armed;
    private volatile Joined? _joined;
    private volatile int _pumps;

    [Fact]
    public void Each_order_is_disarmed_or_fired_never_both() => Run();

    [Fact]
    public void A_tracker_that_follows_what_is_fired_has_exact_counts()
    {
        _tracker = new CancelTracker(new TrackerOptions { Capacity = 1, BookCapacity = Capacity });
        _tracker.ConnectionUp(1, 1, _now, _effects);
        Run();
        CheckTallies();
    }

    private void Run()
    {
        var random = Seed.Create(output);
        var (armSeed, disarmSeed, panicSeed, replySeed) = (random.Next(), random.Next(), random.Next(), random.Next());
        var failures = new ConcurrentQueue<Exception>();
        _pumps = 2;
        var threads = new Action[]
        {
            () => ArmAll(new Random(armSeed)),
            () => DisarmSome(new Random(disarmSeed)),
            () => StartPanics(new Random(panicSeed)),
            JoinPanics,
            () => Reply(new Random(replySeed)),
        }.Select(action => new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
                _armed = Orders;
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Wait.Joined(threads);
        Assert.Empty(failures);

        // What is left goes with a last panic.
        var cursor = BookFiring.OpenCursor(_book.Firing.Latch(BookScope.All), BookScope.All);
        Pump(ref cursor, 60);
        Reply(new Random(replySeed));
        Check();
    }

    private void ArmAll(Random random)
    {
        for (var number = 0; number < Orders && _armed < Orders;)
        {
            var result = Books.Arm(_book, number, (ulong)random.Next(2), random.Next(CancelBook.Priorities));
            if (result == ArmResult.Full)
            {
                Thread.Yield();
                continue;
            }

            Assert.True(result is ArmResult.Armed or ArmResult.FiredByLatch, result.ToString());
            number++;
            _armed = Math.Max(_armed, number);
        }
    }

    private void DisarmSome(Random random)
    {
        while (_armed < Orders)
        {
            var number = Math.Max(0, _armed - random.Next(500));
            if (_book.Disarm(Books.Hash(number)) == DisarmResult.Removed)
            {
                Assert.False(_removed[number]);
                _removed[number] = true;
            }
        }
    }

    private void StartPanics(Random random)
    {
        for (var i = 0; i < Panics;)
        {
            // One at each fiftieth of the orders, and one over all whenever the book is full.
            var full = _book.Count == Capacity;
            var due = _armed >= (long)Orders * i / Panics;
            if (!full && !due)
            {
                Thread.Yield();
                continue;
            }

            i += due ? 1 : 0;
            var scope = full || random.Next(2) == 0 ? BookScope.All : new BookScope(1, 1);
            var cursor = BookFiring.OpenCursor(_book.Firing.Latch(scope), scope);
            _joined = new Joined(cursor);
            for (var walks = random.Next(1, 20); walks > 0; walks--)
            {
                Pump(ref cursor, random.Next(1, 100));
            }

            _book.Reset();
            for (var turns = 0; turns < 1000 && _book.CountsByState.Fired > 0; turns++)
            {
                Thread.Yield();
            }
        }

        Interlocked.Decrement(ref _pumps);
    }

    private void JoinPanics()
    {
        while (_pumps > 1)
        {
            if (_joined is { } joined)
            {
                var cursor = joined.Cursor;
                Pump(ref cursor, 7);
            }

            Thread.Yield();
        }

        Interlocked.Decrement(ref _pumps);
    }

    /// <summary>Fires what a cursor gives. With a tracker as a panic does: taking orders out and telling the tracker is one step.</summary>
    private void Pump(ref BookCursor cursor, int frames)
    {
        var takenOver = new List<FiredOrder>();
        if (_tracker is null)
        {
            foreach (var order in Books.FireAll(_book, ref cursor, frames, takenOver))
            {
                Sent(order);
            }
        }
        else
        {
            lock (_lock)
            {
                PumpTracked(_tracker, ref cursor, frames, takenOver);
            }
        }

        _ = Interlocked.Add(ref _takenOver, takenOver.Count);
    }

    private void PumpTracked(CancelTracker tracker, ref BookCursor cursor, int frames, List<FiredOrder> takenOver)
    {
        var panic = cursor.Panic;
        var tally = _tallies.GetOrAdd(panic, static number => new PanicTally { Number = number });
        foreach (var order in Books.FireAll(_book, ref cursor, frames, takenOver))
        {
            var cancel = tracker.Fire(new FiredOrder(order.Hash, order.Slot, order.Generation), tally, 1, ++_now, _effects);
            tracker.Written(cancel, cancel.Generation, 1, 1, _now, _effects);
            Sent(order);
        }

        foreach (var order in takenOver)
        {
            Assert.InRange(_fires[Books.Number(order.Hash)], 1, 2);
            tracker.TakeOver(order, tally, ++_now, _effects);
        }

        Assert.Empty(_effects.Copies); // what is taken over is on its way
    }

    /// <summary>The venue's final answer about an order; whether the book held it.</summary>
    private bool Settle(Fired order, CancelOutcomeKind kind)
    {
        if (_tracker is null)
        {
            return _book.Firing.Settle(order.Hash, kind);
        }

        lock (_lock)
        {
            if ((_tracker.FindFired(order.Slot, order.Generation) ?? _tracker.Find(order.Hash)) is not { } cancel)
            {
                return _book.Firing.Settle(order.Hash, kind);
            }

            var said = kind switch
            {
                CancelOutcomeKind.Rejected => ReplyKind.Rejected,
                CancelOutcomeKind.Confirmed => ReplyKind.Confirmed,
                _ => ReplyKind.Gone,
            };
            _effects.Clear();
            _tracker.Replied(cancel, new TrackedReply(said, GoneReason.Filled, null, null, IsLive: true), 1, 1, ++_now, _effects);
            return _effects.Settled.Count == 1 && _book.Firing.Settle(_effects.Settled[0]);
        }
    }

    private void Sent(Fired order)
    {
        Interlocked.Increment(ref _fires[Books.Number(order.Hash)]);
        _sent.Enqueue(order);
    }

    private void Reply(Random random)
    {
        var copy = new byte[CancelFrame.Length];
        while (_pumps > 0 || !_sent.IsEmpty)
        {
            if (!_sent.TryDequeue(out var order))
            {
                Thread.Yield();
                continue;
            }

            var number = Books.Number(order.Hash);
            Assert.True(_book.Firing.CopyFrame(order.Slot, order.Generation, copy, 1));
            Assert.Equal(Books.Message(number), Books.Unmask(copy));
            if (_rejections[number] == 0 && random.Next(4) == 0)
            {
                _rejections[number]++;
                Assert.True(Settle(order, CancelOutcomeKind.Rejected));
                continue;
            }

            Assert.False(_closed[number]);
            _closed[number] = true;
            Assert.True(Settle(order, random.Next(2) == 0 ? CancelOutcomeKind.Confirmed : CancelOutcomeKind.AlreadyGone));
            Assert.False(_book.Firing.CopyFrame(order.Slot, order.Generation, copy, 1));
            Assert.False(Settle(order, CancelOutcomeKind.Confirmed));
        }
    }

    private void Check()
    {
        var rejected = 0;
        for (var number = 0; number < Orders; number++)
        {
            Assert.True(
                _removed[number] ? _fires[number] == 0 : _fires[number] >= 1,
                $"order {number}: fired {_fires[number]} times, removed {_removed[number]}");
            Assert.InRange(_fires[number], 0, 1 + _rejections[number]);
            rejected += _removed[number] || _closed[number] ? 0 : 1;
        }

        var panics = _book.Firing.Latch(BookScope.All) - 1;
        output.WriteLine(
            $"{_fires.Count(fires => fires > 0)} fired, {_takenOver} taken over, {_removed.Count(removed => removed)} removed, "
            + $"{panics} panics, {rejected} rejected at the end");
        Assert.Equal(new BookCounts(0, 0, rejected, rejected), _book.CountsByState);
        Assert.Equal(rejected, _book.ListOrders(BookScope.All).Count(order => order.State == BookOrderState.Rejected));
        Assert.InRange(panics, Panics, int.MaxValue);
        _book.Dispose();
    }

    private void CheckTallies()
    {
        var tallies = _tallies.Values.ToArray();
        Assert.All(tallies, tally => Assert.Equal(
            tally.Fired, tally.Confirmed + tally.Gone + tally.NotFound + tally.Rejected + tally.Unresolved + tally.Left));
        Assert.Equal(0, _tracker!.OpenCount);
        Assert.Equal((0, 0), (tallies.Sum(tally => tally.Unresolved), tallies.Sum(tally => tally.NotFound)));
        Assert.Equal(_closed.Count(closed => closed), tallies.Sum(tally => tally.Confirmed + tally.Gone));

        // A rejected order is fired anew by a later panic, and stays counted as rejected by the one that it was rejected in.
        Assert.Equal(_rejections.Sum(), tallies.Sum(tally => tally.Rejected));
        Assert.Equal(_fires.Sum(), tallies.Sum(tally => tally.Fired - tally.Left));
        Assert.Equal(_takenOver, tallies.Sum(tally => tally.Left));
    }

    /// <summary>Where another pump may begin.</summary>
    private sealed record Joined(BookCursor Cursor);
}
