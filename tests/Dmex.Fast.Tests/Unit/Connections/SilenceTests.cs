using System.Diagnostics;
using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Connections;

/// <summary>A silent venue is found out, and a venue is not blamed for the time in which this process stood still.</summary>
public sealed class SilenceTests
{
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void Time_between_looks_counts_and_what_is_too_long_between_them_does_not()
    {
        var meter = new SilenceMeter(Second);
        var step = meter.Interval;
        Assert.Equal(Second / 8, step);
        Assert.Equal(1000, meter.Began(1000, 1000 + step));
        Assert.Equal(1000, meter.Began(1000, 1000 + (2 * step)));
        Assert.Equal(1000 + (9 * step), meter.Began(1000, 1000 + (12 * step)));

        // Silence begins anew with the next sign of life, and so does what does not count.
        var life = 1000 + (12 * step) + 1;
        Assert.Equal(life, meter.Began(life, life + step));
        Assert.Equal(life + (4 * step), meter.Began(life, life + (6 * step)));
    }

    [Fact]
    public async Task A_clock_that_is_late_at_every_look_pings_all_the_same_and_finds_silence_out()
    {
        var pings = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            while (true)
            {
                pings += (await peer.ReadFrameAsync()).Opcode == 9 ? 1 : 0; // and never answers
            }
        });
        using var connection = await ConnectAsync(server.Uri, ping: 0.05, pong: 1);
        var now = Stopwatch.GetTimestamp();
        var looks = 0;
        for (; connection.Loss is null && looks < 100; looks++)
        {
            now += 2 * Second;
            _ = connection.Tick(now);
            if (looks == 0)
            {
                await Wait.Until(() => Volatile.Read(ref pings) > 0, "the first look pings");
            }
        }

        Assert.Equal(ConnectionLossKind.Silent, connection.Loss?.Kind);
        Assert.InRange(looks, 2, 20);
    }

    [Fact]
    public async Task A_pause_of_the_process_is_not_taken_for_the_venues_silence()
    {
        await using var server = new ScriptedServer(async peer => await Task.Delay(Timeout.Infinite, peer.Closing));
        using var connection = await ConnectAsync(server.Uri, ping: 0.5, pong: 1);
        var now = Stopwatch.GetTimestamp();
        _ = connection.Tick(now);
        foreach (var pause in new[] { 1.2, 5, 60 })
        {
            now += (long)(pause * Second);
            _ = connection.Tick(now);
            Assert.Null(connection.Loss);
        }
    }

    private static async Task<VenueConnection> ConnectAsync(Uri uri, double ping, double pong)
    {
        var options = TestClient.Options(uri);
        options.Liveness.PingInterval = TimeSpan.FromSeconds(ping);
        options.Liveness.PongTimeout = TimeSpan.FromSeconds(pong);
        var connection = new VenueConnection(1, Dmex.Fast.Client.CancelEngine.Settings(options, null, uri), new ReadySink(), _ => { });
        await connection.ConnectAsync(CancellationToken.None).Soon();
        return connection;
    }
}
