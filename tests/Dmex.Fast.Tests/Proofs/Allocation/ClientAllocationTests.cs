using System.Diagnostics.Metrics;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

/// <summary>
/// What a cancel allocates in steady state, beside a control that must allocate: a meter that sees nothing proves nothing.
/// </summary>
[Collection(nameof(ClientAllocationTests))]
[CollectionDefinition(nameof(ClientAllocationTests), DisableParallelization = true)]
public sealed class ClientAllocationTests
{
    private const int Repetitions = 500;

    private static object? _kept;

    [Fact]
    public void The_meters_see_what_is_allocated()
    {
        Assert.True(AllocationMeter.Measure(Repetitions, () => _kept = new byte[16]) >= Repetitions * 16);
        Assert.True(TotalOf(() => _kept = new byte[16]) >= Repetitions * 16);
    }

    [Fact]
    public async Task Sending_a_cancel_allocates_nothing()
    {
        using var peer = new QuietPeer(answer: false);
        await using var client = await ConnectAsync(peer);
        var number = 0;
        OnThread(() =>
        {
            var written = 0;
            Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
            {
                var send = client.SendAsync(TestClient.Hash(number++));
                written += Await(send).Kind == SendOutcomeKind.Written ? 1 : 0;
            }));
            Assert.Equal(number, written);
        });
    }

    [Fact]
    public async Task Canceling_and_being_confirmed_allocates_nothing_on_the_callers_thread()
    {
        using var peer = new QuietPeer();
        await using var client = await ConnectAsync(peer);
        var number = 0;
        OnThread(() =>
        {
            var confirmed = 0;
            Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
                confirmed += Await(client.CancelAsync(TestClient.Hash(number++))).Kind == CancelOutcomeKind.Confirmed ? 1 : 0));
            Assert.Equal(number, confirmed);
        });
    }

    [Fact]
    public async Task A_token_of_the_callers_allocates_nothing_either()
    {
        using var peer = new QuietPeer();
        await using var client = await ConnectAsync(peer);
        using var source = new CancellationTokenSource();
        var number = 0;
        OnThread(() => Assert.Equal(
            0, AllocationMeter.Measure(Repetitions, () => _ = Await(client.CancelAsync(TestClient.Hash(number++), source.Token)))));
    }

    [Fact]
    public async Task Canceling_allocates_nothing_on_any_thread()
    {
        using var peer = new QuietPeer();
        await using var client = await ConnectAsync(peer);
        var number = 0;
        OnThread(() => Assert.Equal(0, TotalOf(() => _ = Await(client.CancelAsync(TestClient.Hash(number++))))));
    }

    [Fact]
    public async Task Canceling_with_every_metric_listened_to_allocates_nothing_on_any_thread()
    {
        long measurements = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (string.Equals(instrument.Meter.Name, "Dmex.Fast", StringComparison.Ordinal))
                {
                    meters.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref measurements));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref measurements));
        listener.Start();
        using var peer = new QuietPeer();
        await using var client = await ConnectAsync(peer);
        var number = 0;
        OnThread(() => Assert.Equal(0, TotalOf(() => _ = Await(client.CancelAsync(TestClient.Hash(number++))))));

        // A counter, two durations and a reply of each.
        Assert.True(Interlocked.Read(ref measurements) >= 4L * number, $"{measurements} measurements of {number} cancels");
    }

    [Fact]
    public async Task Sending_a_cancel_over_tls_allocates_nothing_on_the_callers_thread()
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var server = new ScriptedServer(peer => peer.DrainAsync(), certificate);
        await using var client = await TestClient.ConnectAsync(
            server.Uri, o => o.Transport.TrustRoots = TestCertificates.Roots(certificate));
        var number = 0;
        OnThread(() => Assert.Equal(
            0, AllocationMeter.Measure(Repetitions, () => _ = Await(client.SendAsync(TestClient.Hash(number++))))));
    }

    [Fact]
    public async Task Bursts_from_several_threads_allocate_nothing()
    {
        const int Threads = 4;
        const int Burst = 200;
        using var peer = new QuietPeer();
        await using var client = await ConnectAsync(peer);
        using var barrier = new Barrier(Threads);
        var allocated = new long[Threads];
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            var waits = new ValueTask<CancelOutcome>[Burst];
            var number = t << 24;
            var least = long.MaxValue;
            for (var round = 0; round < 30; round++)
            {
                barrier.SignalAndWait();
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < Burst; i++)
                {
                    waits[i] = client.CancelAsync(TestClient.Hash(number++));
                }

                for (var i = 0; i < Burst; i++)
                {
                    _ = Await(waits[i]);
                }

                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            allocated[t] = least;
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Wait.Joined(threads);
        Assert.All(allocated, bytes => Assert.Equal(0, bytes));
    }

    private static Task<DmexClient> ConnectAsync(QuietPeer peer) => TestClient.ConnectAsync(peer.Uri, o =>
    {
        o.CloseTimeout = TimeSpan.FromMilliseconds(50);
        o.Liveness.PingInterval = TimeSpan.FromHours(1);
        o.Liveness.PongTimeout = TimeSpan.FromHours(2);
    });

    /// <summary>Waits by looking, so that no continuation is made.</summary>
    private static T Await<T>(ValueTask<T> task)
    {
        while (!task.IsCompleted)
        {
            Thread.Yield();
        }

        return task.Result;
    }

    /// <summary>The fewest bytes that all threads together allocated in any of twenty rounds.</summary>
    private static long TotalOf(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Repetitions; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    /// <summary>Runs on a thread that does nothing else, so that what it allocates is the action's.</summary>
    private static void OnThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        Wait.Joined(thread);
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }
}
