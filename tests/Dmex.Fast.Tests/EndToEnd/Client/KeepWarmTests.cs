using System.Collections.Concurrent;
using System.Diagnostics;
using Dmex.Fast.Signers;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Warmup;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>What a client does for itself while nothing is canceled.</summary>
public sealed class KeepWarmTests
{
    [Fact]
    public void Warming_comes_once_a_second_and_not_in_between()
    {
        var turns = new WarmingTurns();
        using var warming = new LocalWarming(signers: null, turns);
        var due = warming.Tick(1_000);
        Assert.Equal(1_000 + Stopwatch.Frequency, due);
        Assert.Equal(due, warming.Tick(due - 1));
        Assert.Equal(due + Stopwatch.Frequency, warming.Tick(due));
    }

    [Fact]
    public void Several_clients_of_a_process_warm_in_turns_so_that_idle_ones_cost_no_more_than_one()
    {
        var turns = new WarmingTurns();
        using var warming = new LocalWarming(signers: null, turns);
        using (new LocalWarming(signers: null, turns))
        using (new LocalWarming(signers: null, turns))
        {
            Assert.Equal(3 * Stopwatch.Frequency, warming.Tick(0));
        }

        Assert.Equal(4 * Stopwatch.Frequency, warming.Tick(3 * Stopwatch.Frequency));
    }

    [Fact]
    public void Warming_allocates_nothing()
    {
        using var key = TestClient.Key();
        using var signers = new SignerPool(key, verifyAfterSign: true);
        using var warming = new LocalWarming(signers);
        var now = 0L;
        Assert.Equal(0, AllocationMeter.Measure(10, () => now = warming.Tick(now)));
    }

    [Fact]
    public async Task A_key_that_is_disposed_ends_the_warming_with_a_notice_and_not_the_client()
    {
        await using var server = new ScriptedServer(peer => peer.DrainAsync());
        var key = TestClient.Key();
        await using var client = await TestClient.ConnectAsync(server.Uri, key: key);
        var failures = new BlockingCollection<Exception>();
        client.HandlerFailed += (_, failure) => failures.Add(failure.Exception);
        key.Dispose();
        Assert.IsType<ObjectDisposedException>(await Task.Run(failures.Take).Soon());
        Assert.Equal(Dmex.Fast.ConnectionState.Ready, client.State);
    }
}
