using System.ComponentModel;
using System.Text;
using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Transport;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Connections;

public sealed class SendQueueTests : IDisposable, ISendObserver
{
    private const uint Unwanted = 99;

    private readonly List<Exception> _faults = [];
    private readonly WorkerThread _worker;
    private readonly MemoryConnection _near;
    private readonly MemoryConnection _far;
    private readonly List<Exception> _failures = [];
    private readonly List<(uint Generation, SendOutcome Outcome)> _observed = [];

    // The pipe takes eight bytes and then stalls, so that every turn of the queue can be seen.
    public SendQueueTests()
    {
        (_near, _far) = MemoryConnection.CreatePair(pauseThreshold: 8);
        _worker = new WorkerThread("test-worker", _faults.Add);
    }

    public void Dispose() => _worker.Dispose();

    bool ISendObserver.IsWanted(object state, uint generation) => generation != Unwanted;

    void ISendObserver.Sent(object state, uint generation, in SendOutcome outcome)
    {
        lock (_observed)
        {
            _observed.Add((generation, outcome));
        }
    }

    [Fact]
    public async Task A_frame_is_written_on_the_callers_thread_when_it_can_be()
    {
        var send = Queue().SendAsync("abc"u8, default);
        Assert.True(send.IsCompletedSuccessfully);
        var outcome = await send;
        Assert.Equal((SendOutcomeKind.Written, 7, 70L), (outcome.Kind, outcome.ConnectionId, outcome.Incarnation));
        Assert.NotEqual(0, outcome.WrittenTimestamp);
        Assert.Equal("abc", await ReadAsync(3));
    }

    [Fact]
    public async Task Frames_that_come_during_a_flush_are_carried_together_by_the_next_and_keep_their_order()
    {
        var queue = Queue();
        var stalled = queue.SendAsync("0123456789"u8, default);
        var others = Enumerable.Range(0, 3).Select(i => queue.SendAsync(Encoding.ASCII.GetBytes($"[{i}]"), default).AsTask()).ToArray();
        Assert.False(stalled.IsCompleted);
        Assert.DoesNotContain(others, o => o.IsCompleted);

        Assert.Equal("0123456789[0][1][2]", await ReadAsync(19));
        Assert.Equal(SendOutcomeKind.Written, (await stalled).Kind);
        Assert.All(await Task.WhenAll(others), o => Assert.Equal(SendOutcomeKind.Written, o.Kind));
    }

    [Fact]
    public async Task With_both_buffers_full_senders_wait_in_turn_and_no_more_than_allowed()
    {
        var queue = Queue(capacity: 10, maxParked: 2);
        var first = queue.SendAsync("0123456789"u8, default).AsTask();
        var second = queue.SendAsync("abcdefgh"u8, default).AsTask();
        var third = queue.SendAsync("ijkl"u8, default).AsTask();
        var fourth = queue.SendAsync("mn"u8, default).AsTask(); // would fit, but does not overtake
        Assert.Equal(NotSentReason.QueueFull, (await queue.SendAsync("x"u8, default)).Reason);

        Assert.Equal("0123456789abcdefghijklmn", await ReadAsync(24));
        foreach (var send in new[] { first, second, third, fourth })
        {
            Assert.Equal(SendOutcomeKind.Written, (await send.Soon()).Kind);
        }
    }

    [Fact]
    public async Task A_canceled_token_withdraws_a_frame_that_waits_for_room()
    {
        var queue = Queue(capacity: 10);
        using var source = new CancellationTokenSource();
        var first = queue.SendAsync("0123456789"u8, default).AsTask();
        var second = queue.SendAsync("abcdefghij"u8, source.Token).AsTask();
        var third = queue.SendAsync("never"u8, source.Token).AsTask();
        var fourth = queue.SendAsync("after"u8, default).AsTask();

        await source.CancelAsync();

        Assert.Equal(NotSentReason.Canceled, (await third.Soon()).Reason);
        Assert.Equal("0123456789abcdefghijafter", await ReadAsync(25));
        Assert.All(await Task.WhenAll(first, second, fourth), o => Assert.Equal(SendOutcomeKind.Written, o.Kind));
    }

    [Fact]
    public async Task Pongs_and_pings_go_between_frames_and_the_newest_pong_wins()
    {
        var queue = Queue();
        var first = queue.SendAsync("0123456789"u8, default).AsTask();
        var second = queue.SendAsync("frame"u8, default).AsTask();
        queue.SendPong("old"u8);
        queue.SendPong("PONG"u8);
        queue.SendPing("PING"u8);
        Assert.Equal("0123456789framePONGPING", await ReadAsync(23));
        _ = await Task.WhenAll(first, second);

        queue.SendPong("alone"u8);
        Assert.Equal("alone", await ReadAsync(5));
    }

    [Fact]
    public async Task The_close_frame_goes_last_and_nothing_after_it()
    {
        var queue = Queue(capacity: 10);
        var first = queue.SendAsync("0123456789"u8, default).AsTask();
        var second = queue.SendAsync("abcdefgh"u8, default).AsTask();
        var parked = queue.SendAsync("ijkl"u8, default).AsTask();
        queue.SendClose("CLOSE"u8, dropQueued: false);
        Assert.Equal(NotSentReason.NotConnected, (await queue.SendAsync("late"u8, default)).Reason);

        Assert.Equal("0123456789abcdefghijklCLOSE", await ReadAsync(27));
        Assert.All(await Task.WhenAll(first, second, parked), o => Assert.Equal(SendOutcomeKind.Written, o.Kind));
    }

    [Fact]
    public async Task An_urgent_close_drops_what_has_not_gone_yet_and_says_so()
    {
        var queue = Queue(capacity: 10);
        var first = queue.SendAsync("0123456789"u8, default).AsTask();
        var second = queue.SendAsync("abcdefgh"u8, default).AsTask();
        var parked = queue.SendAsync("ijkl"u8, default).AsTask();
        queue.SendClose("CLOSE"u8, dropQueued: true);

        Assert.Equal("0123456789CLOSE", await ReadAsync(15));
        Assert.Equal(SendOutcomeKind.Written, (await first).Kind);
        foreach (var dropped in new[] { await second, await parked })
        {
            Assert.Equal((SendOutcomeKind.NotSent, NotSentReason.NotConnected), (dropped.Kind, dropped.Reason));
        }
    }

    [Fact]
    public async Task When_writing_fails_what_was_on_its_way_is_unknown_and_the_rest_was_not_sent()
    {
        var queue = Queue(capacity: 10);
        var flying = queue.SendAsync("0123456789"u8, default).AsTask();
        var filling = queue.SendAsync("abcdefgh"u8, default).AsTask();
        queue.Send("obs"u8, this, this, 5);
        var parked = queue.SendAsync("ijkl"u8, default).AsTask();

        await _far.Input.CompleteAsync();

        Assert.Equal(SendOutcomeKind.Unknown, (await flying.Soon()).Kind);
        Assert.Equal(SendOutcomeKind.NotSent, (await filling.Soon()).Kind);
        Assert.Equal(SendOutcomeKind.NotSent, (await parked.Soon()).Kind);
        _ = Assert.Single(_failures);
        var (generation, outcome) = Assert.Single(_observed);
        Assert.Equal((5u, SendOutcomeKind.NotSent), (generation, outcome.Kind));
        Assert.Equal(NotSentReason.NotConnected, (await queue.SendAsync("x"u8, default)).Reason);
    }

    [Fact]
    public async Task Stopping_refuses_and_what_waited_was_not_sent()
    {
        var queue = Queue(capacity: 10);
        var flying = queue.SendAsync("0123456789"u8, default).AsTask();
        var filling = queue.SendAsync("abcdefgh"u8, default).AsTask();
        queue.Stop();
        queue.Stop();
        Assert.Equal(SendOutcomeKind.NotSent, (await filling.Soon()).Kind);
        Assert.Equal("0123456789", await ReadAsync(10));
        Assert.Equal(SendOutcomeKind.Written, (await flying.Soon()).Kind);
    }

    [Fact]
    public async Task Frames_that_wait_and_are_not_wanted_any_more_are_taken_out_so_that_what_waits_stays_bounded()
    {
        const int Wanted = 10;
        const int Resolved = 5_000;
        var queue = Queue(capacity: 10);
        _ = queue.SendAsync("0123456789"u8, default).AsTask();
        _ = queue.SendAsync("abcdefghij"u8, default).AsTask();
        var most = 0;
        for (var i = 0; i < Wanted + Resolved; i++)
        {
            queue.Send("frame"u8, this, this, i < Wanted ? (uint)i : Unwanted);
            most = Math.Max(most, queue.ParkedCount);
        }

        Assert.InRange(most, Wanted, 65);
        Assert.All(_observed, o => Assert.Equal((Unwanted, NotSentReason.Withdrawn), (o.Generation, o.Outcome.Reason)));

        // Those that the last sweep did not see are left out when there is room.
        Assert.Equal("0123456789abcdefghij" + string.Concat(Enumerable.Repeat("frame", Wanted)), await ReadAsync(20 + (5 * Wanted)));
        await Wait.Until(() => { lock (_observed) { return _observed.Count == Wanted + Resolved; } }, "each frame is told once");
        Assert.Equal(Resolved, _observed.Count(o => o.Outcome.Reason == NotSentReason.Withdrawn));
        Assert.Equal(Wanted, _observed.Count(o => o.Outcome.Kind == SendOutcomeKind.Written));
    }

    [Fact]
    public void Redundant_copies_that_wait_are_bounded_as_callers_are()
    {
        var queue = Queue(capacity: 10, maxParked: 2);
        _ = queue.SendAsync("0123456789"u8, default).AsTask();
        _ = queue.SendAsync("abcdefghij"u8, default).AsTask();
        for (var i = 0; i < 100; i++)
        {
            queue.Send("frame"u8, NullSendObserver.Instance, this, 0);
        }

        Assert.Equal(2, queue.ParkedCount);
    }

    [Fact]
    public async Task An_observer_that_throws_is_reported_and_the_queue_goes_on()
    {
        var queue = Queue(capacity: 100);
        var stalled = queue.SendAsync("0123456789"u8, default).AsTask();
        queue.Send("[a]"u8, new ThrowingObserver(), this, 0);
        var after = queue.SendAsync("[b]"u8, default).AsTask();
        Assert.Equal("0123456789[a][b]", await ReadAsync(16));
        Assert.Equal(SendOutcomeKind.Written, (await stalled.Soon()).Kind);
        Assert.Equal(SendOutcomeKind.Written, (await after.Soon()).Kind);
        queue.Send("[c]"u8, new ThrowingObserver(), this, 0);
        Assert.Equal("[c]", await ReadAsync(3));
        Assert.All(_faults, fault => Assert.IsType<InvalidTimeZoneException>(fault));
        Assert.Equal(2, _faults.Count);
    }

    /// <summary>The context of a window that is closed, of one that runs what it is given in place, and of one that blocks.</summary>
    [Theory]
    [InlineData("throws")]
    [InlineData("runs in place")]
    [InlineData("blocks")]
    public async Task A_callers_context_never_runs_on_the_flushing_thread_and_the_queue_goes_on(string context)
    {
        using var unblock = new ManualResetEventSlim();
        var hostile = new HostileContext(context, unblock);
        var queue = Queue(capacity: 100);
        var first = queue.SendAsync("0123456789"u8, default).AsTask();
        var awaited = AwaitIn(hostile, queue);
        Assert.Equal("0123456789[a]", await ReadAsync(13));
        Assert.Equal(SendOutcomeKind.Written, (await first.Soon()).Kind);
        for (var i = 0; i < 3; i++)
        {
            var later = queue.SendAsync("later"u8, default).AsTask();
            Assert.Equal("later", await ReadAsync(5));
            Assert.Equal(SendOutcomeKind.Written, (await later.Soon()).Kind);
        }

        unblock.Set();
        Assert.Equal(SendOutcomeKind.Written, (await awaited.Soon()).Kind);
        Assert.True(hostile.Posted);
        Assert.NotEqual("test-worker", hostile.PostedOn, StringComparer.Ordinal);
        Assert.Equal(string.Equals(context, "throws", StringComparison.Ordinal) ? 1 : 0, _faults.Count);
    }

    private static Task<SendOutcome> AwaitIn(HostileContext context, SendQueue queue)
    {
        var done = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            var awaiter = queue.SendAsync("[a]"u8, default).GetAwaiter();
            Assert.False(awaiter.IsCompleted);
            awaiter.OnCompleted(() => done.SetResult(awaiter.GetResult()));
        });
        thread.Start();
        Wait.Joined(thread);
        return done.Task;
    }

    [Fact]
    public async Task Many_threads_lose_and_mix_nothing()
    {
        const int Threads = 8;
        const int Frames = 20_000;
        var (near, far) = MemoryConnection.CreatePair(pauseThreshold: 4096);
        var queue = new SendQueue(near.Output, new FlushWorker(_worker), 1, 11, 1024, 64, _failures.Add, _faults.Add);
        var next = new int[Threads];
        var reading = Task.Run(async () =>
        {
            var frame = new byte[8];
            for (var total = 0; total < Threads * Frames;)
            {
                var result = await far.Input.ReadAsync();
                var rest = result.Buffer;
                while (rest.Length >= 8)
                {
                    System.Buffers.BuffersExtensions.CopyTo(rest.Slice(0, 8), frame);
                    var thread = BitConverter.ToInt32(frame);
                    if (BitConverter.ToInt32(frame, 4) != next[thread]++)
                    {
                        throw new InvalidOperationException("A frame is out of order.");
                    }

                    rest = rest.Slice(8);
                    total++;
                }

                far.Input.AdvanceTo(rest.Start, rest.End);
            }
        });
        var full = 0;
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            Span<byte> frame = stackalloc byte[8];
            _ = BitConverter.TryWriteBytes(frame, t);
            for (var i = 0; i < Frames; i++)
            {
                _ = BitConverter.TryWriteBytes(frame[4..], i);
                var outcome = queue.SendAsync(frame, default).AsTask().GetAwaiter().GetResult();
                if (outcome.Kind != SendOutcomeKind.Written)
                {
                    _ = Interlocked.Increment(ref full);
                }
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Wait.Joined(threads);
        await reading.Soon();
        Assert.Equal(0, full);
        Assert.All(next, n => Assert.Equal(Frames, n));
    }

    private SendQueue Queue(int capacity = 100, int maxParked = 16) =>
        new(_near.Output, new FlushWorker(_worker), 7, 70, capacity, maxParked, _failures.Add, _faults.Add);

    private async Task<string> ReadAsync(int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            var result = await _far.Input.ReadAsync().Soon();
            text.Append(Encoding.ASCII.GetString(System.Buffers.BuffersExtensions.ToArray(result.Buffer)));
            _far.Input.AdvanceTo(result.Buffer.End);
        }

        return text.ToString();
    }

    private sealed class ThrowingObserver : ISendObserver
    {
        public bool IsWanted(object state, uint generation) => true;

        public void Sent(object state, uint generation, in SendOutcome outcome) => throw new InvalidTimeZoneException();
    }

    private sealed class HostileContext(string kind, ManualResetEventSlim unblock) : SynchronizationContext
    {
        public bool Posted { get; private set; }

        public string? PostedOn { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Posted = true;
            PostedOn = Thread.CurrentThread.Name;
            switch (kind)
            {
                case "throws":
                    throw new InvalidAsynchronousStateException();
                case "blocks":
                    Assert.True(unblock.Wait(Support.Wait.Long));
                    break;
            }

            d(state);
        }
    }
}
