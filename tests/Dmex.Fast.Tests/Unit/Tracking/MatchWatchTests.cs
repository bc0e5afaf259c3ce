using System.Diagnostics;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class MatchWatchTests
{
    private const long Start = 1_000_000_000_000;
    private static readonly long Second = Stopwatch.Frequency;
    private readonly List<RepliesUnrecognizedEventArgs> _told = [];

    [Fact]
    public void Many_cancels_and_messages_without_a_match_are_told_once_after_a_second()
    {
        var watch = new MatchWatch(2, _told.Add);
        watch.Received("before"u8, matched: false);
        watch.Sent(new SendOutcome { Kind = SendOutcomeKind.Written, WrittenTimestamp = Start });
        watch.Sent(new SendOutcome { Kind = SendOutcomeKind.Written, WrittenTimestamp = Start + 1 });
        watch.Received("first"u8, matched: false);
        watch.Check(Start + (2 * Second)); // one message since the first cancel is not many
        watch.Received("second"u8, matched: false);
        watch.Check(Start + Second - 1);
        Assert.Empty(_told);

        watch.Check(Start + Second);
        watch.Check(Start + (2 * Second));
        var told = Assert.Single(_told);
        Assert.Equal((2, 2), (told.Written, told.Received));
        Assert.Equal("second"u8, told.Sample.Span);
    }

    [Fact]
    public void One_match_ends_the_watch()
    {
        var watch = new MatchWatch(1, _told.Add);
        watch.Sent(new SendOutcome { Kind = SendOutcomeKind.Written, WrittenTimestamp = Start });
        watch.Received("unknown"u8, matched: false);
        watch.Received("known"u8, matched: true);
        watch.Check(Start + (9 * Second));
        Assert.Empty(_told);
    }

    [Fact]
    public void The_sample_is_bounded()
    {
        var watch = new MatchWatch(1, _told.Add);
        watch.Sent(new SendOutcome { Kind = SendOutcomeKind.Written, WrittenTimestamp = Start });
        watch.Received(new byte[5000], matched: false);
        watch.Check(Start + Second);
        Assert.Equal(RepliesUnrecognizedEventArgs.MaxSampleSize, Assert.Single(_told).Sample.Length);
    }
}
