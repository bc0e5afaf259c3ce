using System.Diagnostics;
using Dmex.Fast.Client;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Client;

public sealed class ClockThreadTests
{
    [Fact]
    public void It_looks_again_when_something_falls_due_and_never_before_its_time()
    {
        var due = long.MaxValue;
        long seen = 0;
        using var clock = new ClockThread("test-clock", now =>
        {
            var current = Volatile.Read(ref due);
            if (now >= current)
            {
                Volatile.Write(ref seen, now);
                Volatile.Write(ref due, long.MaxValue);
                return long.MaxValue;
            }

            return current;
        });
        clock.Start();
        for (var i = 0; i < 20; i++)
        {
            Volatile.Write(ref seen, 0);
            var target = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 1000 * i);
            Volatile.Write(ref due, target);
            clock.WakeBy(target);
            Wait.UntilSync(() => Volatile.Read(ref seen) != 0, "the clock looked");
            Assert.True(Volatile.Read(ref seen) >= target);
        }
    }

    [Fact]
    public void What_a_look_throws_is_reported_and_the_clock_looks_again()
    {
        var looks = 0;
        var faults = 0;
        using var clock = new ClockThread(
            "test-clock",
            _ => Interlocked.Increment(ref looks) < 3 ? throw new InvalidTimeZoneException() : long.MaxValue,
            _ => Interlocked.Increment(ref faults));
        clock.Start();
        Wait.UntilSync(() => Volatile.Read(ref looks) > 3, "the clock goes on");
        Assert.Equal(2, Volatile.Read(ref faults));
    }

    [Fact]
    public void Disposing_ends_the_thread_even_from_inside_or_before_it_ran()
    {
        var idle = new ClockThread("test-clock", _ => long.MaxValue);
        idle.Dispose();

        ClockThread? self = null;
        var disposed = false;
        self = new ClockThread("test-clock", _ =>
        {
            self!.Dispose();
            Volatile.Write(ref disposed, true);
            return long.MaxValue;
        });
        self.Start();
        Wait.UntilSync(() => Volatile.Read(ref disposed), "a tick disposes its own clock");
    }
}
