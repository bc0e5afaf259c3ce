using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>Tests that never end: <see cref="WatchdogTests"/> starts them in a process of their own.</summary>
public sealed class WatchdogProbe
{
    public const string Switch = "DMEX_TEST_HANG";

    [Fact]
    public async Task Waits_for_ever()
    {
        SkipUnless("wait");
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Blocks_every_thread_of_the_pool_for_ever()
    {
        SkipUnless("block");
        var limit = Math.Max(Environment.ProcessorCount, ThreadPool.ThreadCount);
        Assert.True(ThreadPool.SetMinThreads(1, 1) && ThreadPool.SetMaxThreads(limit, limit));
        for (var i = 0; i < 2 * limit; i++)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(Timeout.Infinite), null);
        }

        Thread.Sleep(Timeout.Infinite);
    }

    private static void SkipUnless(string kind) => Assert.SkipUnless(
        string.Equals(Environment.GetEnvironmentVariable(Switch), kind, StringComparison.Ordinal),
        "Runs in a process of its own, started by another test.");
}
