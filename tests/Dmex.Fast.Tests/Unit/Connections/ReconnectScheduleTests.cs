using System.Diagnostics;
using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Connections;

/// <summary>Reconnecting in virtual time, with the client's default delays.</summary>
public sealed class ReconnectScheduleTests(ITestOutputHelper output)
{
    private const int Connections = 2;
    private const int Rounds = 1000;

    private static readonly long Second = Stopwatch.Frequency;

    /// <summary>A venue that closes soon after each handshake, or never answers a ping: two connections of one client, for 30 s.</summary>
    [Theory]
    [InlineData(1.2, 1008, 8)]
    [InlineData(1.2, 1013, 8)]
    [InlineData(1.2, 1001, 8)]
    [InlineData(1.2, 1005, 8)]
    [InlineData(1.9, 0, 8)]
    [InlineData(0.001, 0, 10)]
    public void A_venue_that_ends_every_connection_early_sees_few_of_them(double life, int code, int allowed)
    {
        var random = Seed.Create(output);
        var most = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var made = 0;
            for (var connection = 0; connection < Connections; connection++)
            {
                var schedule = new ReconnectSchedule(Policy(random));
                for (long now = 0; now < 30 * Second; now = schedule.NextAttempt)
                {
                    made++;
                    now += (long)(life * Second);
                    schedule.Ended(now, (long)(life * Second), hasAnswered: false, Loss(code));
                }
            }

            most = Math.Max(most, made);
        }

        Assert.InRange(most, Connections, allowed);
    }

    [Fact]
    public void A_venue_that_refuses_for_too_many_requests_sees_few_attempts()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < Rounds; round++)
        {
            var schedule = new ReconnectSchedule(Policy(random));
            var made = 0;
            for (long now = 0; now < 30 * Second; now = schedule.NextAttempt)
            {
                made++;
                schedule.Failed(now, new WebSocketHandshakeException("refused", 429, "Too Many Requests", null));
            }

            Assert.InRange(made, 1, 4);
        }
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(0.5, true)]
    public void A_connection_that_has_proved_itself_is_replaced_at_once_and_earlier_failures_are_forgotten(double life, bool hasAnswered)
    {
        var schedule = new ReconnectSchedule(Policy(Seed.Create(output)));
        for (var i = 0; i < 10; i++)
        {
            schedule.Ended(100 * Second, 1, hasAnswered: false, Loss(0));
        }

        Assert.True(schedule.NextAttempt > 105 * Second);
        schedule.Ended(200 * Second, (long)(life * Second), hasAnswered, Loss(1001));
        Assert.Equal(200 * Second, schedule.NextAttempt);
        schedule.Ended(300 * Second, 1, hasAnswered: false, Loss(0));
        Assert.InRange(schedule.NextAttempt, 301 * Second, 302 * Second);
    }

    [Fact]
    public void A_limit_delays_a_connection_that_had_proved_itself_too()
    {
        var schedule = new ReconnectSchedule(Policy(Seed.Create(output)));
        schedule.Ended(0, 60 * Second, hasAnswered: true, Loss(1013));
        Assert.InRange(schedule.NextAttempt, 6 * Second, 8 * Second);
    }

    [Fact]
    public void Attempts_that_fail_follow_each_other_with_growing_bounds_up_to_the_maximum()
    {
        var random = Seed.Create(output);
        double[] bounds = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10];
        var most = new double[bounds.Length];
        for (var round = 0; round < Rounds; round++)
        {
            var schedule = new ReconnectSchedule(Policy(random));
            for (var i = 0; i < bounds.Length; i++)
            {
                schedule.Failed(0, new IOException());
                most[i] = Math.Max(most[i], (double)schedule.NextAttempt / Second);
            }
        }

        for (var i = 0; i < bounds.Length; i++)
        {
            Assert.InRange(most[i], bounds[i] * 0.9, bounds[i]);
        }
    }

    [Fact]
    public void However_many_attempts_fail_and_however_long_the_delays_no_arithmetic_overflows()
    {
        var days = TimeSpan.FromDays(1000);
        var schedule = new ReconnectSchedule(new ReconnectPolicy(TimeSpan.FromHours(3), days, days));
        for (var i = 0; i < 200; i++)
        {
            schedule.Failed(0, new IOException());
            Assert.InRange(schedule.NextAttempt, 0, 86_400 * Second);
            schedule.Failed(0, new WebSocketHandshakeException("refused", 503, string.Empty, TimeSpan.MaxValue));
            Assert.InRange(schedule.NextAttempt, 86_400 * Second, 2 * 86_400 * Second);
        }
    }

    [Fact]
    public void What_the_venue_asks_for_is_waited_for_up_to_its_own_maximum()
    {
        var schedule = new ReconnectSchedule(Policy(Seed.Create(output)));
        schedule.Failed(0, new WebSocketHandshakeException("refused", 503, string.Empty, TimeSpan.FromSeconds(3)));
        Assert.InRange(schedule.NextAttempt, 3 * Second, (long)(3.1 * Second));
        schedule.Reset(5);
        Assert.Equal(5, schedule.NextAttempt);
        schedule.Failed(0, new WebSocketHandshakeException("refused", 503, string.Empty, TimeSpan.FromSeconds(86_400)));
        Assert.InRange(schedule.NextAttempt, 5 * Second, (long)(5.1 * Second));
    }

    private static ReconnectPolicy Policy(Random random)
    {
        var options = new DmexClientOptions();
        return new ReconnectPolicy(options.Reconnect.Delay, options.Reconnect.MaxDelay, TimeSpan.FromSeconds(5), random);
    }

    private static ConnectionLoss Loss(int code) => new(
        code == 0 ? ConnectionLossKind.Broken : ConnectionLossKind.ClosedByVenue,
        code == 0 ? null : code,
        null,
        "lost",
        1,
        default);
}
