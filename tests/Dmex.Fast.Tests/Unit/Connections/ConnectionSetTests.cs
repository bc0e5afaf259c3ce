using System.Diagnostics;
using Dmex.Fast.Client;
using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Connections;

public sealed class ConnectionSetTests : IDisposable
{
    private readonly MemoryVenue _venue = new();
    private readonly RecordingSetSink _sink = new();
    private ConnectionSet? _set;

    public void Dispose() => _set?.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Closing_ends_the_start_however_many_connections_have_begun(int begun)
    {
        var endpoint = new Uri("ws://127.0.0.1:1/ws");
        var options = TestClient.Options(endpoint);
        using var set = new ConnectionSet(
            [.. Enumerable.Repeat(CancelEngine.Settings(options, null, endpoint), 3)],
            Policy(),
            _sink,
            _ => { });
        Task? closing = null;
        _sink.StateChanging = (connection, state) =>
        {
            if (connection.Id == begun && state == ConnectionState.Connecting)
            {
                closing = set.CloseAsync(); // as a user's callback may
            }
        };

        var starting = set.StartAsync(background: false, CancellationToken.None);

        _ = await Assert.ThrowsAnyAsync<Exception>(() => starting.Soon());
        await closing!.Soon();
        Assert.True(starting.IsFaulted);
    }

    [Fact]
    public async Task Each_incarnation_has_a_number_of_its_own_and_its_changes_are_told_in_order()
    {
        var set = Set(1);
        await set.StartAsync(background: false, CancellationToken.None).Soon();
        await Until("1 ready");
        await _venue.BreakAsync(0);
        await Until("1 down Broken wasReady=True wasLast=True");
        await TickUntil(set, "2 ready");

        Assert.Equal(
            [
                "1 Connecting", "1 Preparing", "1 Ready", "1 ready", "1 Closed", "1 down Broken wasReady=True wasLast=True",
                "2 Connecting", "2 Preparing", "2 Ready", "2 ready",
            ],
            _sink.Told,
            StringComparer.Ordinal);
        Assert.Equal(2, set.Primary!.Incarnation);
        Assert.True(set.Status()[0].LastLoss!.At > DateTimeOffset.UtcNow.AddHours(-1));
    }

    /// <summary>A loss that another thread finds while a change of state is being told waits for its turn.</summary>
    [Fact]
    public async Task A_loss_in_the_middle_of_becoming_ready_is_told_after_it()
    {
        _sink.StateChanging = (connection, state) =>
        {
            if (state == ConnectionState.Ready && connection.Incarnation == 1)
            {
                var losing = new Thread(() => connection.Abort(new InvalidOperationException("lost")));
                losing.Start();
                Wait.UntilSync(() => connection.Loss is not null, "the connection is lost");
                Wait.Joined(losing);
            }
        };
        var set = Set(1);
        var starting = set.StartAsync(background: false, CancellationToken.None);
        await Until("1 down ClosedHere wasReady=True wasLast=True");
        await starting.Soon();
        Assert.Equal(
            ["1 Connecting", "1 Preparing", "1 Ready", "1 ready", "1 Closed", "1 down ClosedHere wasReady=True wasLast=True"],
            _sink.Told.Take(6),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_demoted_primary_gives_its_rank_to_the_next_ready_connection_in_turn()
    {
        var set = Set(3);
        await set.StartAsync(background: false, CancellationToken.None).Soon();
        await Wait.Until(() => set.ReadyMask == 0b111, "all are ready");
        while (set.Primary!.Id != 1)
        {
            Assert.True(set.Demote(set.Primary.Id));
        }

        Assert.False(set.Demote(2));
        Assert.True(set.Demote(1));
        Assert.Equal(2, set.Primary.Id);
        Assert.True(set.Demote(2));
        Assert.Equal(3, set.Primary.Id);
        Assert.True(set.Demote(3));
        Assert.Equal(1, set.Primary.Id);
    }

    [Fact]
    public async Task The_only_ready_connection_keeps_its_rank()
    {
        var set = Set(1);
        await set.StartAsync(background: false, CancellationToken.None).Soon();
        Assert.False(set.Demote(1));
        Assert.Equal(1, set.Primary!.Id);
    }

    [Fact]
    public async Task A_thread_that_cannot_be_started_fails_the_attempt_and_is_tried_again()
    {
        var refusals = 3;
        ConnectionThreads Start(int id, Action<Exception> fault) =>
            Interlocked.Decrement(ref refusals) >= 0
                ? throw new TransportException(TransportFailure.Resources, "no thread")
                : new ConnectionThreads(id, fault);
        var set = Set(1, Start);
        var error = await Assert.ThrowsAsync<TransportException>(() => set.StartAsync(background: false, CancellationToken.None).Soon());
        Assert.Equal(TransportFailure.Resources, error.Failure);
        Assert.Same(error, set.Status()[0].LastFailure);

        await TickUntil(set, "1 ready");
        Assert.Null(set.Status()[0].LastFailure);
    }

    [Fact]
    public async Task Incarnations_that_follow_each_other_run_on_the_same_threads()
    {
        var started = 0;
        var set = Set(1, (id, fault) =>
        {
            started++;
            return new ConnectionThreads(id, fault);
        });
        await set.StartAsync(background: false, CancellationToken.None).Soon();
        for (var i = 1; i < 20; i++)
        {
            await Until($"{i} ready");
            await _venue.BreakAsync(i - 1);
            await Until($"{i} down Broken wasReady=True wasLast=True");
            await Wait.Until(() => set.Find(1) is null, "it is down");
            await TickUntil(set, $"{i + 1} ready");
        }

        // A reader may still be on its way out when its successor begins.
        Assert.InRange(started, 1, 3);
    }

    [Fact]
    public async Task An_attempt_that_fails_is_no_loss()
    {
        var failing = true;
        var set = Set(1, connector: () => failing ? throw new IOException("refused") : _venue.Accept());
        _ = await Assert.ThrowsAsync<IOException>(() => set.StartAsync(background: false, CancellationToken.None).Soon());
        await TickUntil(set, "3 Closed");
        Assert.Null(set.Status()[0].LastLoss);
        Assert.Equal("refused", set.Status()[0].LastFailure!.Message);
        Assert.DoesNotContain(_sink.Told, told => told.Contains("down", StringComparison.Ordinal));
        failing = false;
        await Wait.Until(() => { _ = Tick(set); return set.ReadyMask != 0; }, "a later attempt is ready");
        Assert.Null(set.Status()[0].LastFailure);
    }

    [Fact]
    public async Task Starting_in_the_background_returns_at_once_and_goes_on_trying()
    {
        var failing = true;
        var set = Set(2, connector: () => failing ? throw new IOException("refused") : _venue.Accept());
        Assert.True(set.StartAsync(background: true, new CancellationToken(canceled: true)).IsCompletedSuccessfully);
        await TickUntil(set, "5 Closed");
        failing = false;
        await Wait.Until(() => { _ = Tick(set); return set.ReadyMask == 0b11; }, "all are ready");
    }

    [Fact]
    public async Task Reconnecting_now_waits_for_no_delay()
    {
        var failing = true;
        var options = TestClient.Options(new Uri("ws://127.0.0.1:1/ws"));
        var woken = 0;
        var day = TimeSpan.FromDays(1);
        var refused = new WebSocketHandshakeException("refused", 429, "Too Many Requests", day);
        var set = _set = new ConnectionSet(
            [CancelEngine.Settings(options, () => failing ? throw refused : _venue.Accept(), options.Endpoint!)],
            new ReconnectPolicy(day, day, day),
            _sink,
            _ => Interlocked.Increment(ref woken));
        _ = set.StartAsync(background: true, CancellationToken.None);
        await Until("1 Closed");
        await Wait.Until(() => set.Status()[0].LastFailure is not null, "the attempt has failed");
        var hour = Stopwatch.Frequency * 3600;
        Assert.True(set.Tick(Stopwatch.GetTimestamp()) > Stopwatch.GetTimestamp() + hour);

        failing = false;
        var before = Volatile.Read(ref woken);
        set.ReconnectNow();
        Assert.True(Volatile.Read(ref woken) > before);
        _ = set.Tick(Stopwatch.GetTimestamp());
        await Until("2 ready");
    }

    [Fact]
    public async Task Messages_in_binary_frames_reach_the_sink_as_those_in_text_frames_do()
    {
        var set = Set(1);
        await set.StartAsync(background: false, CancellationToken.None).Soon();
        await _venue.SendAsync(0, [0x82, 2, (byte)'{', (byte)'}', 0x81, 2, (byte)'[', (byte)']']);
        await Wait.Until(() => _sink.Messages.Count == 2, "both have come");
        Assert.Equal(
            [("{}", false), ("[]", true)], _sink.Messages.Select(m => (System.Text.Encoding.ASCII.GetString(m.Payload), m.IsText)));
    }

    private static ReconnectPolicy Policy() =>
        new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));

    private ConnectionSet Set(
        int count, Func<int, Action<Exception>, ConnectionThreads>? startThreads = null,
        Func<System.IO.Pipelines.IDuplexPipe>? connector = null)
    {
        var options = TestClient.Options(new Uri("ws://127.0.0.1:1/ws"));
        return _set = new ConnectionSet(
            [.. Enumerable.Repeat(CancelEngine.Settings(options, connector ?? _venue.Accept, options.Endpoint!), count)],
            Policy(),
            _sink,
            _ => { },
            startThreads);
    }

    // Ahead of time: whatever is planned is due.
    private static long Tick(ConnectionSet set) => set.Tick(Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10));

    private Task Until(string told) => Wait.Until(() => _sink.Told.Contains(told, StringComparer.Ordinal), told);

    private Task TickUntil(ConnectionSet set, string told) => Wait.Until(
        () =>
        {
            _ = Tick(set);
            return _sink.Told.Contains(told, StringComparer.Ordinal);
        },
        told);
}
