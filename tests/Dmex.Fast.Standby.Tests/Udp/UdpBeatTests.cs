using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Sealing;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Udp;

/// <summary>An engine's beats by UDP beside those of a link in memory, over sockets of loopback.</summary>
public sealed class UdpBeatTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Beats_by_udp_alone_keep_a_standby_from_firing_until_they_are_silent_too()
    {
        await using var pair = await Pair.StartAsync();
        pair.EngineLink.LosesBeats = true;
        var before = pair.Standby.State.Datagrams;
        await pair.PulseAsync(Ttl * 2.5);
        Assert.Empty(pair.Firer.Orders);
        Assert.True(pair.Standby.State.Datagrams > before);
        Assert.Equal(0u, pair.Standby.State.Fenced);

        pair.Relay.IsMuted = true;
        await pair.PulseUntilAsync(() => pair.Firer.Orders.Count == 1);
        Assert.Equal((FireReason.Silence, 0L), (pair.Firer.Evidence.Reason, pair.Engine.State.FailedDatagrams));
        Assert.True(pair.Firer.Evidence.Silent >= Ttl);
    }

    [Fact]
    public async Task When_udp_ends_the_beats_of_the_link_keep_a_standby_from_firing_until_they_end()
    {
        await using var pair = await Pair.StartAsync();
        pair.Relay.IsMuted = true;
        await pair.PulseAsync(Ttl * 2.5);
        Assert.Equal((0, 0u), (pair.Firer.Orders.Count, pair.Standby.State.Fenced));

        pair.EngineLink.LosesBeats = true;
        await pair.PulseUntilAsync(() => pair.Firer.Orders.Count == 1);
        Assert.Equal(FireReason.Silence, pair.Firer.Evidence.Reason);
    }

    [Fact]
    public async Task Repeated_forged_and_other_datagrams_do_not_keep_a_standby_from_firing()
    {
        await using var pair = await Pair.StartAsync();
        await pair.PulseUntilAsync(() => pair.Relay.Recorded.Count >= 20);
        var recorded = pair.Relay.Recorded.ToArray();
        pair.EngineLink.LosesBeats = true;
        pair.Relay.IsMuted = true;

        using var otherKey = TestKey.New();
        using var forger = new MessageSealer(otherKey, "book", SenderRole.Engine, "engine", pair.Engine.State.Generation);
        using var standby = new MessageSealer(pair.Key, "book", SenderRole.Standby, "s1", pair.Engine.State.Generation);
        var number = 1_000_000UL;
        while (pair.Firer.Orders.Count == 0)
        {
            Assert.True(pair.Running.Elapsed < Deadline, "The standby does not fire.");
            foreach (var datagram in recorded)
            {
                pair.Relay.Send(datagram);
                var changed = datagram.ToArray();
                changed[(int)(number % (ulong)changed.Length)] ^= 1;
                pair.Relay.Send(changed);
                pair.Relay.Send(Beat(forger, ++number));
                pair.Relay.Send(Beat(standby, number));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(FireReason.Silence, pair.Firer.Evidence.Reason);
        Assert.True(pair.Standby.State.Refused > 0);
    }

    [Fact]
    public async Task What_was_recorded_is_nothing_for_a_standby_that_starts_anew()
    {
        await using var pair = await Pair.StartAsync();
        await pair.PulseUntilAsync(() => pair.Relay.Recorded.Count >= 20);
        pair.Relay.IsMuted = true;
        await pair.Engine.DisposeAsync();
        var port = UdpRelay.FreePort();
        await using var late = new StandbyService(Pair.OptionsOf("s2", port), pair.Key, new MemoryLink(pair.Hub), new RecordingFirer());
        late.Start();
        await pair.PulseUntilAsync(() => late.State is { IsLoaded: true, Generation: 1 });
        pair.Relay.Target.Port = port;
        foreach (var datagram in pair.Relay.Recorded)
        {
            pair.Relay.Send(datagram);
        }

        pair.Relay.Send([1, 2, 3]); // after them
        await pair.PulseUntilAsync(() => late.State.Refused > 0);
        Assert.Equal((0L, 1L), (late.State.Datagrams, late.State.Refused));
    }

    [Fact]
    public async Task Garbage_of_any_length_is_counted_and_disturbs_nothing()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var pair = await Pair.StartAsync();
        const int Count = 300;
        for (var i = 0; i < Count; i++)
        {
            _ = pair.Engine.Pulse();
            var garbage = new byte[i == 0 ? 0 : random.Next(BeatMessage.SealedSize)];
            random.NextBytes(garbage);
            pair.Relay.Send(garbage);
            pair.Relay.Send([.. pair.Relay.Recorded.FirstOrDefault() ?? new byte[BeatMessage.SealedSize], .. garbage, 0]);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        var valid = pair.Standby.State.Datagrams;
        await pair.PulseUntilAsync(() => pair.Standby.State.Refused == 2 * Count && pair.Standby.State.Datagrams > valid);
        Assert.Empty(pair.Firer.Orders);
    }

    [Fact]
    public async Task An_engine_beats_on_whatever_becomes_of_its_datagrams()
    {
        await using var pair = await Pair.StartAsync(
            "nowhere.invalid:7400",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{UdpRelay.FreePort()}"),
            "255.255.255.255:7400");
        await pair.PulseAsync(Ttl * 1.5);
        Assert.True(pair.Engine.State.FailedDatagrams > 0);
        Assert.Equal(EngineTouch.Guarded, pair.Engine.State.Touch);
        Assert.Empty(pair.Firer.Orders);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_the_standby_starts_when_it_is_free()
    {
        using var key = TestKey.New();
        var port = UdpRelay.FreePort();
        var options = Pair.OptionsOf("s1", port);
        await using var standby = new StandbyService(options, key, new MemoryLink(new MemoryHub()), new RecordingFirer());
        using (UdpBeatListener.Open(options.UdpListen!, 10, _ => { }))
        {
            var error = Assert.Throws<StandbyLinkException>(standby.Start);
            Assert.Contains(options.UdpListen!, error.Message, StringComparison.Ordinal);
            Assert.Contains("port that is free", error.Message, StringComparison.Ordinal);
        }

        standby.Start();
    }

    [Theory]
    [InlineData("s1.example.com", "host and port")]
    [InlineData("", "host and port")]
    [InlineData(":7400", "has no host")]
    [InlineData("s 1:7400", "is no host")]
    [InlineData("s1:0", "a port from 1 to 65535")]
    [InlineData("s1:65536", "a port from 1 to 65535")]
    [InlineData("s1:", "a port from 1 to 65535")]
    [InlineData("s1:+7", "a port from 1 to 65535")]
    [InlineData("fd00::1:7400", "in brackets")]
    [InlineData("udp://s1:7400", "in brackets")]
    [InlineData("0.0.0.0:7400", "where one listens")]
    [InlineData("[::]:7400", "where one listens")]
    [InlineData("S0:7400", "named twice")]
    public void A_wrong_peer_is_named_with_the_remedy(string peer, string expected)
    {
        var options = Pair.OptionsOf("engine", port: null);
        options.UdpPeers = ["s0:7400", "[fd00::1]:7400", "10.0.0.7:1", peer];
        var error = Assert.Single(options.GetErrors());
        Assert.StartsWith("UdpPeers: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7400", null)]
    [InlineData("0.0.0.0:7400", null)]
    [InlineData("[::1]:7400", null)]
    [InlineData("", "a port from 1 to 65535")]
    [InlineData("0", "a port from 1 to 65535")]
    [InlineData("70000", "a port from 1 to 65535")]
    [InlineData("s1.example.com:7400", "is a name")]
    [InlineData("::1:7400", "in brackets")]
    public void Where_a_standby_listens_is_checked(string listen, string? expected)
    {
        var options = new StandbyClusterOptions { Name = "s1", Book = "book", UdpListen = listen };
        Assert.Equal(expected is null ? 0 : 1, options.GetErrors().Count);
        Assert.All(options.GetErrors(), error => Assert.Contains(expected!, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "127.0.0.1")]
    [InlineData("127.0.0.1:", "127.0.0.1")]
    [InlineData("[::1]:", "[::1]")]
    [InlineData("", "localhost")]
    public async Task A_datagram_arrives_by_each_kind_of_address(string listen, string peer)
    {
        Assert.SkipWhen(!Socket.OSSupportsIPv6 && listen.Contains('[', StringComparison.Ordinal), "There is no IPv6 here.");
        var port = UdpRelay.FreePort();
        var received = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = UdpBeatListener.Open(
            string.Create(CultureInfo.InvariantCulture, $"{listen}{port}"), 4, message => received.TrySetResult(message.ToArray()));
        using var sender = new UdpBeatSender([string.Create(CultureInfo.InvariantCulture, $"{peer}:{port}")]);
        var running = Stopwatch.StartNew();
        while (!received.Task.IsCompleted && running.Elapsed < Deadline)
        {
            sender.Send([1, 2, 3, 4]);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal([1, 2, 3, 4], await received.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken));
    }

    private static byte[] Beat(MessageSealer sealer, ulong number)
    {
        Span<byte> plain = stackalloc byte[BeatMessage.Size];
        new BeatMessage(number, 0, 0, IsStopping: false).Write(plain);
        var message = new byte[BeatMessage.SealedSize];
        _ = sealer.Seal(SealedKind.Beat, plain, message);
        return message;
    }

    /// <summary>An engine whose book holds an order, and a standby which heard it over the link and by UDP.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly CancelBook _book = TestBook.New(10);

        private Pair(string[] peers)
        {
            var port = UdpRelay.FreePort();
            Relay = new UdpRelay(port);
            EngineLink = new MemoryLink(Hub);
            Standby = new StandbyService(OptionsOf("s1", port), Key, new MemoryLink(Hub), Firer);
            var options = OptionsOf("engine", port: null);
            options.UdpPeers = [Relay.Address, .. peers];
            Engine = new StandbyEngine(options, Key, EngineLink, _book);
        }

        public StandbyKey Key { get; } = TestKey.New();

        public MemoryHub Hub { get; } = new();

        public RecordingFirer Firer { get; } = new();

        public Stopwatch Running { get; } = Stopwatch.StartNew();

        public UdpRelay Relay { get; }

        public MemoryLink EngineLink { get; }

        public StandbyService Standby { get; }

        public StandbyEngine Engine { get; }

        public static StandbyClusterOptions OptionsOf(string name, int? port) => new()
        {
            Name = name,
            Book = "book",
            Beat = TimeSpan.FromMilliseconds(20),
            Ttl = Ttl,
            IsolatedAfter = TimeSpan.FromMinutes(1),
            MaxPulseGap = TimeSpan.FromMilliseconds(500),
            UdpListen = port is { } known ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{known}") : null,
        };

        public static async Task<Pair> StartAsync(params string[] peers)
        {
            var pair = new Pair(peers);
            pair.Standby.Start();
            await pair.Engine.StartAsync();
            _ = pair._book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 0);
            await pair.PulseUntilAsync(() => pair.Engine.IsReplicated(TestBook.Hash(1)) && pair.Standby.State.Datagrams > 0);
            return pair;
        }

        /// <summary>The trading loop turns for a time.</summary>
        public async Task PulseAsync(TimeSpan time)
        {
            var end = Running.Elapsed + time;
            await PulseUntilAsync(() => Running.Elapsed >= end);
        }

        /// <summary>The trading loop turns until something holds.</summary>
        public async Task PulseUntilAsync(Func<bool> condition)
        {
            while (!condition())
            {
                Assert.True(Running.Elapsed < Deadline, "It does not come true.");
                _ = Engine.Pulse();
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Engine.DisposeAsync();
            await Standby.DisposeAsync();
            Relay.Dispose();
            _book.Dispose();
            Key.Dispose();
        }
    }
}
