using System.Collections.Concurrent;
using Dmex.Fast.Protocol;
using Dmex.Fast.Tests.Support;
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
    private volatile int _armed;
    private volatile int _panic;
    private volatile int _pumps;

    [Fact]
    public void Each_order_is_disarmed_or_fired_and_the_counters_are_exact()
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
        Array.ForEach(threads, thread => Assert.True(thread.Join(Wait.Long)));
        Assert.Empty(failures);

        // What is left goes with a last panic.
        var panic = _book.Latch(BookScope.All);
        var cursor = CancelBook.OpenCursor(panic);
        foreach (var order in Books.FireAll(_book, ref cursor))
        {
            Sent(order);
        }

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
            _panic = _book.Latch(full || random.Next(2) == 0 ? BookScope.All : new BookScope(1, 1));
            var cursor = CancelBook.OpenCursor(_panic);
            for (var walks = random.Next(1, 20); walks > 0; walks--)
            {
                foreach (var order in Books.FireAll(_book, ref cursor, random.Next(1, 100)))
                {
                    Sent(order);
                }
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
            if (_panic != 0)
            {
                var cursor = CancelBook.OpenCursor(_panic);
                foreach (var order in Books.FireAll(_book, ref cursor, 7))
                {
                    Sent(order);
                }
            }

            Thread.Yield();
        }

        Interlocked.Decrement(ref _pumps);
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
            Assert.True(_book.CopyFrame(order.Slot, order.Generation, copy, 1));
            Assert.Equal(Books.Message(number), Books.Unmask(copy));
            if (_rejections[number] == 0 && random.Next(4) == 0)
            {
                _rejections[number]++;
                Assert.True(_book.Resolve(order.Hash, CancelOutcomeKind.Rejected, GoneReason.None, 2));
                continue;
            }

            Assert.False(_closed[number]);
            _closed[number] = true;
            Assert.True(_book.Resolve(order.Hash, random.Next(2) == 0 ? CancelOutcomeKind.Confirmed : CancelOutcomeKind.AlreadyGone, GoneReason.Filled, 2));
            Assert.False(_book.CopyFrame(order.Slot, order.Generation, copy, 1));
            Assert.False(_book.Resolve(order.Hash, CancelOutcomeKind.Confirmed, GoneReason.None, 2));
        }
    }

    private void Check()
    {
        var rejected = 0;
        for (var number = 0; number < Orders; number++)
        {
            Assert.True(_removed[number] ? _fires[number] == 0 : _fires[number] >= 1, $"order {number}: fired {_fires[number]} times, removed {_removed[number]}");
            Assert.InRange(_fires[number], 0, 1 + _rejections[number]);
            rejected += _removed[number] || _closed[number] ? 0 : 1;
        }

        var counts = Enumerable.Range(1, _book.Latch(BookScope.All) - 1).Select(_book.Counts).ToArray();
        Assert.All(counts, count => Assert.Equal(
            count.Fired, count.Confirmed + count.Gone + count.Rejected + count.Unresolved + count.Superseded + count.Forgotten));
        output.WriteLine($"{_fires.Count(fires => fires > 0)} fired, {_removed.Count(removed => removed)} removed, {counts.Length} panics, {rejected} rejected at the end");
        Assert.Equal(0, counts.Sum(count => count.Unresolved));
        Assert.Equal(rejected, counts.Sum(count => count.Rejected));
        Assert.Equal(new BookCounts(0, 0, rejected, rejected), _book.CountsByState);
        Assert.InRange(counts.Length, Panics, 199);
        Assert.Equal(_closed.Count(closed => closed), counts.Sum(count => count.Confirmed + count.Gone));
        Assert.Equal(_fires.Count(fires => fires > 0), counts.Sum(count => count.Fired - count.Superseded));
        _book.Dispose();
    }
}
