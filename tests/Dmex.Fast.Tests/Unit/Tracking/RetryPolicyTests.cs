using System.Diagnostics;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class RetryPolicyTests
{
    private static readonly long Second = Stopwatch.Frequency;
    private static readonly long Day = 24 * 60 * 60 * Second;

    [Fact]
    public void A_delay_doubles_with_each_resend_up_to_a_second_and_is_spread()
    {
        var policy = new RetryPolicy(TrackerRig.Options());
        for (var resends = 0; resends < 100; resends++)
        {
            var full = Math.Min(Second, (Second / 20) << Math.Min(resends, 10));
            Assert.InRange(policy.Delay(resends, null), full / 2, full);
        }

        Assert.True(Enumerable.Range(0, 100).Select(_ => policy.Delay(0, null)).Distinct().Count() > 50);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    [InlineData(2, 2)]
    [InlineData(3600, 5)]
    [InlineData(86_400, 5)]
    public void Of_what_the_venue_asks_for_so_much_is_believed(int asked, int believed) =>
        Assert.Equal(believed * Second, new RetryPolicy(TrackerRig.Options()).Believed(TimeSpan.FromSeconds(asked)));

    [Fact]
    public void The_longest_and_the_shortest_time_that_can_be_said_are_believed_within_bounds()
    {
        var policy = new RetryPolicy(TrackerRig.Options());
        Assert.Equal((5 * Second, 0, 0), (policy.Believed(TimeSpan.MaxValue), policy.Believed(TimeSpan.MinValue), policy.Believed(null)));
    }

    [Fact]
    public void An_answer_is_due_later_with_each_resend_and_no_time_out_overflows()
    {
        var policy = new RetryPolicy(TrackerRig.Options(ackTimeout: Day));
        var last = TrackerRig.Start;
        for (var resends = 0; resends < 40; resends++)
        {
            var due = policy.AnswerDue(TrackerRig.Start, resends, 255);
            Assert.True(due >= last);
            Assert.InRange(due - TrackerRig.Start, Day, 32 * Day);
            last = due;
        }

        Assert.Equal(long.MaxValue, new RetryPolicy(TrackerRig.Options()).AnswerDue(TrackerRig.Start, 3, 7));
    }
}
