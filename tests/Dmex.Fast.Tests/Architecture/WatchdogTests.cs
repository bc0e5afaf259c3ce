using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>A test that never ends is named, and fails the run.</summary>
public sealed class WatchdogTests
{
    [Theory]
    [InlineData("wait", nameof(WatchdogProbe.Waits_for_ever))]
    [InlineData("block", nameof(WatchdogProbe.Blocks_every_thread_of_the_pool_for_ever))]
    public async Task A_test_that_hangs_is_named_and_ends_the_run(string kind, string name)
    {
        var (exitCode, printed) = await ChildTests.EndAsync(
            ["-method", $"{typeof(WatchdogProbe).FullName}.{name}"],
            [new(WatchdogProbe.Switch, kind), new(TestWatchdogAttribute.Variable, "3"), new("DOTNET_DbgEnableMiniDump", "0")]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"Not ended within 3 s: {typeof(WatchdogProbe).FullName}.{name}", printed, StringComparison.Ordinal);
    }
}
