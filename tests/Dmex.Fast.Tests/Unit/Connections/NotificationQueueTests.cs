using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Connections;

public sealed class NotificationQueueTests
{
    [Fact]
    public void Notifications_of_many_threads_run_one_at_a_time_and_each_threads_in_its_order()
    {
        const int Threads = 4;
        const int Each = 5_000;
        var queue = new NotificationQueue(e => throw e);
        var seen = new List<(int Thread, int Number)>();
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                var number = i;
                queue.Add(() => seen.Add((t, number))); // unguarded: two at a time would break the list
                queue.Run();
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Wait.Joined(threads);
        Assert.Equal(Threads * Each, seen.Count);
        Assert.All(seen.GroupBy(s => s.Thread), g => Assert.Equal(Enumerable.Range(0, Each), g.Select(s => s.Number)));
    }

    [Fact]
    public void What_is_added_by_a_notification_runs_after_it_and_what_one_throws_stops_no_other()
    {
        var told = new List<string>();
        var queue = new NotificationQueue(e => told.Add(e.GetType().Name));
        queue.Add(() =>
        {
            queue.Add(() => told.Add("second"));
            queue.Run();
            told.Add("first");
            throw new InvalidTimeZoneException();
        });
        queue.Run();
        Assert.Equal(["first", "InvalidTimeZoneException", "second"], told);
    }
}
