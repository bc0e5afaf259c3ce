using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.Book;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>What a tracker counts of the orders that panics fire. The clock is a number, and nothing is sent.</summary>
public sealed class PanicTallyTests(ITestOutputHelper output)
{
    private const int Slots = 200;

    private static readonly long Second = Stopwatch.Frequency;

    private readonly TrackerEffects _effects = new();
    private readonly uint[] _generations = new uint[Slots];
    private readonly OrderHash[] _hashes = new OrderHash[Slots];
    private CancelTracker _tracker = null!;
    private long _now = 1;
    private int _orders;
    private long _numbers;

    [Fact]
    public void A_tally_says_what_has_become_of_each_order()
    {
        Start();
        var panic = Panic();
        FireMany(panic, 0, 100);
        Assert.Equal((100, 100, 100), (panic.Fired, panic.Unresolved, panic.Written));
        for (var slot = 0; slot < 60; slot++)
        {
            _now = 1000 + slot;
            Reply(slot, slot < 30 ? ReplyKind.Confirmed : slot < 50 ? ReplyKind.Gone : ReplyKind.Rejected);
        }

        Assert.Equal((100, 30, 20, 0, 10, 40, 0), Counts(panic));
        Assert.Equal(1049, panic.LastClosedAt);
        Assert.Equal(60, _effects.Settled.Count);
        Assert.Equal(10, _effects.Settled.Count(order => order.Kind == CancelOutcomeKind.Rejected));

        // Said again it changes nothing; a rejection may still be corrected; a caller may give an order up.
        _now = 2000;
        Reply(55, ReplyKind.Rejected);
        Assert.Equal(10, panic.Rejected);
        Reply(55, ReplyKind.Confirmed);
        Reply(0, ReplyKind.Rejected);
        _tracker.Abandon(Open(99), _now, _effects);
        Assert.Equal((100, 31, 20, 0, 9, 39, 1), Counts(panic));
        Assert.Equal(2000, panic.LastClosedAt);
    }

    [Fact]
    public void A_copy_is_counted_as_written_once_and_when_the_kernel_had_it()
    {
        Start();
        var panic = Panic();
        var first = Fire(panic, 0, isWritten: false);
        var second = Fire(panic, 1, isWritten: false);
        Assert.Equal((2, 0, 0L), (panic.Fired, panic.Written, panic.FirstByteAt));
        _tracker.Written(first, first.Generation, 1, 1, 700, _effects);
        _tracker.NotWritten(second, second.Generation, perhaps: false, 1, 1, 710, _effects);
        Assert.Equal((1, 700L, 700L), (panic.Written, panic.FirstByteAt, panic.LastByteAt));
        _now = 710 + (Second / 2); // the first one's answer is not late yet
        Tick();
        Assert.Equal(second.Hash, Assert.Single(_effects.Copies).Hash);
        _tracker.Written(second, second.Generation, 1, 1, _now, _effects);
        Assert.Equal((2, 700L, _now), (panic.Written, panic.FirstByteAt, panic.LastByteAt));
        Assert.Equal((2, 0, 0, 0, 0, 2, 0), Counts(panic));
    }

    [Fact]
    public void A_later_panic_takes_over_what_an_earlier_one_left()
    {
        Start();
        var (first, second) = (Panic(), Panic());
        FireMany(first, 0, 10);
        Reply(0, ReplyKind.Rejected);
        Reply(1, ReplyKind.Rejected);
        Reply(2, ReplyKind.Confirmed);
        _effects.Clear();

        // As the book gives them: what was refused with a frame, the rest without, because its copies are on their way.
        _ = Fire(second, 0);
        _ = Fire(second, 1);
        for (var slot = 3; slot < 10; slot++)
        {
            TakeOver(second, slot);
        }

        Assert.Empty(_effects.Copies);
        Assert.Equal((10, 1, 0, 0, 2, 0, 7), Counts(first));
        Assert.Equal((9, 0, 0, 0, 0, 9, 0), Counts(second));
        Assert.Equal((10, 9), (first.Written, second.Written));

        // Taken over once; the answers count with the later one.
        TakeOver(second, 5);
        for (var slot = 3; slot < 10; slot++)
        {
            Reply(slot, ReplyKind.Gone);
        }

        Reply(0, ReplyKind.Confirmed);
        Assert.Equal((10, 1, 0, 0, 2, 0, 7), Counts(first));
        Assert.Equal((9, 1, 7, 0, 0, 1, 0), Counts(second));
    }

    [Fact]
    public void What_the_venue_put_off_goes_at_once_with_a_later_panic()
    {
        Start();
        var (first, second) = (Panic(), Panic());
        FireMany(first, 0, 3);
        Reply(0, ReplyKind.Throttled, retryAfter: TimeSpan.FromHours(1));
        Reply(1, ReplyKind.Busy);
        Assert.Equal((2, 0), (first.PutOff, first.Resent));
        Assert.Empty(_effects.Copies);
        for (var slot = 0; slot < 3; slot++)
        {
            TakeOver(second, slot);
        }

        Assert.Equal([_hashes[0], _hashes[1]], _effects.Copies.Select(copy => copy.Hash));
        Assert.Equal((3, 0, 0, 0, 0, 0, 3), Counts(first));
        Assert.Equal((3, 0, 0, 0, 0, 3, 0), Counts(second));
        Assert.Equal((0, 2), (second.PutOff, second.Resent));
    }

    [Fact]
    public void A_pending_order_that_is_not_found_is_sent_again_and_counted_as_not_found_in_the_end()
    {
        Start();
        var panic = Panic();
        FireMany(panic, 0, 2);
        var resent = 0;
        for (var begun = _now; _now - begun < 2 * Second; _now = Math.Max(_now + 1, _tracker.NextDue))
        {
            Tick();
            resent += _effects.Copies.Count(copy => copy.Hash == _hashes[0]);
            Write();
            if (_tracker.Find(_hashes[0]) is null && Open(0).AwaitedOn != 0)
            {
                Reply(0, ReplyKind.Gone, GoneReason.NotFound);
            }

            if (panic.NotFound > 0)
            {
                break;
            }
        }

        Assert.InRange(resent, 2, 30);
        Assert.Equal((2, 0, 0, 1, 0, 1, 0), Counts(panic));
        Assert.Equal(0, panic.LastClosedAt); // the order may still reach the venue, and be open then

        // One that was marked live is gone when it is not found, within the grace too; a late reply corrects the other.
        var other = Panic();
        FireMany(other, 2, 1);
        Reply(2, ReplyKind.Gone, GoneReason.NotFound, isLive: true);
        Assert.Equal((1, 0, 1, 0, 0, 0, 0), Counts(other));
        Reply(0, ReplyKind.Confirmed);
        Assert.Equal((2, 1, 0, 0, 0, 1, 0), Counts(panic));
    }

    [Fact]
    public void An_order_counted_as_not_found_leaves_that_count_though_it_was_seen_live_since()
    {
        Start();
        var panic = Panic();
        FireMany(panic, 0, 1);
        _now += 2 * Second;
        Reply(0, ReplyKind.Gone, GoneReason.NotFound);
        Assert.Equal((1, 0, 0, 1, 0, 0, 0), Counts(panic));
        Reply(0, ReplyKind.Confirmed, isLive: true);
        Assert.Equal((1, 1, 0, 0, 0, 0, 0), Counts(panic));
    }

    [Fact]
    public void The_answer_about_a_panics_last_order_wakes_whoever_waits_for_it()
    {
        Start();
        var panic = Panic();
        FireMany(panic, 0, 3);
        Reply(0, ReplyKind.Confirmed);
        Reply(1, ReplyKind.Gone);
        Assert.False(_effects.PanicProgressed);
        Reply(2, ReplyKind.Rejected);
        Assert.True(_effects.PanicProgressed);

        // What its owner takes out is no answer, and may leave nothing to wait for.
        _effects.Clear();
        FireMany(panic, 3, 1);
        _tracker.Abandon(Open(3), _now, _effects);
        Assert.True(_effects.PanicProgressed);
        Assert.Equal((4, 1, 1, 0, 1, 0, 1), Counts(panic));
    }

    [Fact]
    public void A_slot_that_holds_another_order_by_now_left_the_panic()
    {
        Start();
        var (first, second) = (Panic(), Panic());
        FireMany(first, 0, 2);

        // The owner took the order out, and the tracker meets the slot's next order before it hears of it.
        _hashes[0] = default;
        _ = Fire(second, 0);
        Assert.Equal((2, 0, 0, 0, 0, 1, 1), Counts(first));
        Assert.Equal((1, 0, 0, 0, 0, 1, 0), Counts(second));
    }

    [Fact]
    public void The_unresolved_orders_of_a_panic_are_listed()
    {
        Start();
        var (first, second) = (Panic(), Panic());
        FireMany(first, 0, 10);
        FireMany(second, 10, 10);
        Reply(3, ReplyKind.Confirmed);
        Reply(4, ReplyKind.Rejected);
        TakeOver(second, 5);
        var open = new List<OrderHash>();
        _tracker.ListOpen(first, open);
        Assert.Equal(
            Enumerable.Range(0, 10).Where(slot => slot is not (3 or 4 or 5)).Select(slot => _hashes[slot]).ToHashSet(), open.ToHashSet());
        Assert.Equal(first.Unresolved, open.Count);
        open.Clear();
        _tracker.ListOpen(second, open);
        Assert.Equal((11, second.Unresolved), (open.Count, open.Distinct().Count()));
    }

    [Fact]
    public void A_tally_is_not_touched_by_panics_after_it_nor_by_answers_to_its_earlier_use()
    {
        Start();
        var panic = Panic();
        FireMany(panic, 0, 2);
        for (var i = 0; i < 1000; i++)
        {
            var later = Panic();
            FireMany(later, 2, 1);
            Reply(2, ReplyKind.Confirmed);
            Assert.Equal((1, 1, 0, 0, 0, 0, 0), Counts(later));
        }

        Assert.Equal((2, 0, 0, 0, 0, 2, 0), Counts(panic));
        Reply(0, ReplyKind.Rejected);
        Reply(1, ReplyKind.Rejected);

        // It is used again, and only then an answer corrects what its earlier panic was told.
        panic.Begin(++_numbers, respectsRate: false, triggered: 0);
        FireMany(panic, 5, 1);
        Reply(0, ReplyKind.Confirmed);
        Assert.Equal((1, 0, 0, 0, 0, 1, 0), Counts(panic));
    }

    [Fact]
    public void What_a_reported_panic_did_not_know_is_told_as_a_change()
    {
        Start();
        var panic = Panic();
        FireMany(panic, 0, 3);
        Reply(0, ReplyKind.Confirmed);
        Reply(1, ReplyKind.Rejected);
        Assert.Empty(_effects.Changes);
        panic.IsReported = true;
        Reply(2, ReplyKind.Gone);
        Reply(1, ReplyKind.Confirmed);
        Assert.Equal(
            [
                (_hashes[2], CancelOutcomeKind.Unresolved, CancelOutcomeKind.AlreadyGone),
                (_hashes[1], CancelOutcomeKind.Rejected, CancelOutcomeKind.Confirmed),
            ],
            _effects.Changes.Select(change => (change.Hash, change.Previous.Kind, change.Current.Kind)));
        Assert.Equal((3, 2, 1, 0, 0, 0, 0), Counts(panic));
    }

    [Fact]
    public void The_counts_add_up_whatever_happens()
    {
        var random = Seed.Create(output);
        Start();
        var panics = new List<PanicTally> { Panic() };
        long incarnation = 1;
        for (var step = 0; step < 20_000; step++)
        {
            _now += random.Next((int)Math.Min(int.MaxValue, Second / 100));
            var slot = random.Next(Slots);
            var cancel = _hashes[slot] == default ? null : _tracker.FindFired(slot, _generations[slot]) ?? _tracker.Find(_hashes[slot]);
            var panic = panics[^1];
            switch (random.Next(8))
            {
                case 0 or 1 when cancel is not { Stage: CancelStage.Open }:
                    _hashes[slot] = cancel is null || random.Next(2) == 0 ? default : _hashes[slot];
                    _ = Fire(panic, slot, isWritten: random.Next(4) > 0);
                    break;
                case 2 when cancel is { Stage: CancelStage.Open }:
                    TakeOver(panic, slot);
                    break;
                case 3 when cancel is { Stage: CancelStage.Open } && random.Next(8) == 0:
                    _tracker.Abandon(cancel, _now, _effects);
                    break;
                case 4 when random.Next(20) == 0:
                    panics.Add(Panic());
                    break;
                case 5 when random.Next(50) == 0:
                    _tracker.ConnectionDown(1, incarnation, "ended", _now, _effects);
                    _tracker.ConnectionUp(1, ++incarnation, _now, _effects);
                    break;
                case 6 or 7 when cancel is not null:
                    var kind = (ReplyKind)random.Next(1 + (int)Enum.GetValues<ReplyKind>().Max());
                    var gone = kind == ReplyKind.Gone && random.Next(2) == 0 ? GoneReason.NotFound : GoneReason.None;
                    var said = new TrackedReply(kind, gone, null, null, IsLive: random.Next(2) == 0);
                    _tracker.Replied(cancel, said, 1, incarnation, _now, _effects);
                    break;
                default:
                    Tick();
                    break;
            }

            foreach (var copy in _effects.Copies)
            {
                if (random.Next(10) > 0)
                {
                    _tracker.Written(copy.Cancel, copy.Generation, 1, copy.Incarnation, _now, _effects);
                }
            }

            _effects.Clear();
            Assert.All(panics, Check);
            Assert.Equal(_tracker.OpenCount, panics.Sum(each => each.Unresolved));
        }

        output.WriteLine($"{panics.Count} panics, {_orders} orders, {panics.Sum(panic => panic.Left)} left, {_tracker.OpenCount} open");
        Assert.Contains(panics, panic => panic.NotFound > 0);
        Assert.Contains(panics, panic => panic.Rejected > 0);
        Assert.Contains(panics, panic => panic.PutOff > 0);
        for (var slot = 0; slot < Slots; slot++)
        {
            if (_hashes[slot] != default)
            {
                Reply(slot, ReplyKind.Confirmed);
            }
        }

        Assert.Equal((0, 0), (_tracker.OpenCount, panics.Sum(panic => panic.Unresolved)));
        Assert.All(panics, Check);
    }

    private static (int Fired, int Confirmed, int Gone, int NotFound, int Rejected, int Unresolved, int Left) Counts(PanicTally tally)
    {
        Check(tally);
        return (tally.Fired, tally.Confirmed, tally.Gone, tally.NotFound, tally.Rejected, tally.Unresolved, tally.Left);
    }

    private static void Check(PanicTally tally)
    {
        int[] parts = [tally.Confirmed, tally.Gone, tally.NotFound, tally.Rejected, tally.Unresolved, tally.Left];
        Assert.Equal(tally.Fired, parts.Sum());
        Assert.All(parts, part => Assert.InRange(part, 0, tally.Fired));
        Assert.InRange(tally.Written, 0, tally.Fired);
    }

    private void Start()
    {
        _tracker = new CancelTracker(
            new TrackerOptions { Capacity = 4, BookCapacity = Slots, NotFoundGrace = Second, AckTimeout = Second });
        _tracker.ConnectionUp(1, 1, _now, _effects);
    }

    private PanicTally Panic()
    {
        var tally = new PanicTally();
        tally.Begin(++_numbers, respectsRate: false, triggered: 0);
        return tally;
    }

    private void FireMany(PanicTally panic, int from, int count)
    {
        for (var slot = from; slot < from + count; slot++)
        {
            _hashes[slot] = default;
            _ = Fire(panic, slot);
        }
    }

    /// <summary>Fires the order of a slot, or, where the slot is empty, a new one in it.</summary>
    private TrackedCancel Fire(PanicTally panic, int slot, bool isWritten = true)
    {
        if (_hashes[slot] == default)
        {
            _hashes[slot] = Books.Hash(++_orders);
            _generations[slot]++;
        }

        var cancel = _tracker.Fire(OrderIn(slot), panic, 1, ++_now, _effects);
        if (isWritten)
        {
            _tracker.Written(cancel, cancel.Generation, 1, _tracker.Incarnation(1), _now, _effects);
        }

        return cancel;
    }

    private void TakeOver(PanicTally panic, int slot) => _tracker.TakeOver(OrderIn(slot), panic, ++_now, _effects);

    private FiredOrder OrderIn(int slot) => new(_hashes[slot], slot, _generations[slot]);

    private TrackedCancel Open(int slot) => _tracker.FindFired(slot, _generations[slot])!;

    private void Reply(
        int slot, ReplyKind kind, GoneReason gone = GoneReason.Filled, bool isLive = false, TimeSpan? retryAfter = null)
    {
        if ((_tracker.FindFired(slot, _generations[slot]) ?? _tracker.Find(_hashes[slot])) is { } cancel)
        {
            _tracker.Replied(cancel, new TrackedReply(kind, gone, retryAfter, null, isLive), 1, _tracker.Incarnation(1), _now, _effects);
        }
    }

    private void Tick()
    {
        _effects.Clear();
        _tracker.Tick(_now, _effects);
    }

    private void Write()
    {
        foreach (var copy in _effects.Copies)
        {
            _tracker.Written(copy.Cancel, copy.Generation, copy.ConnectionId, copy.Incarnation, _now, _effects);
        }

        _effects.Clear();
    }
}
