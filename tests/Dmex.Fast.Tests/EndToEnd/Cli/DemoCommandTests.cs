using System.Text.Json;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Json_is_one_object_with_every_order_confirmed_and_nothing_allocated()
    {
        var result = await RunAsync("demo", "--orders", "50", "--warm-up", "400", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var report = document.RootElement;
        AssertComplete(report, 50);
        AssertComplete(report.GetProperty("usual"), 50);
        Assert.Equal(0, report.GetProperty("stillListed").GetInt32());
        Assert.Equal(0, report.GetProperty("allocatedBytesPerCancel").GetDouble());
        Assert.True(report.GetProperty("usual").GetProperty("allocatedBytesPerCancel").GetDouble() > 1_000);
        Assert.True(report.GetProperty("venueInOwnProcess").GetBoolean());
    }

    [Fact]
    public async Task Without_a_terminal_the_table_and_the_progress_are_plain_text()
    {
        var result = await RunAsync("demo", "--orders", "20", "--warm-up", "20");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("call to kernel", result.Output, StringComparison.Ordinal);
        Assert.Contains("confirmed", result.Output, StringComparison.Ordinal);
        Assert.Contains("open by the list", result.Output, StringComparison.Ordinal);
        Assert.Contains("Warming up", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
    }

    private static void AssertComplete(JsonElement way, int orders)
    {
        Assert.Equal((orders, orders), (way.GetProperty("orders").GetInt32(), way.GetProperty("confirmed").GetInt32()));
        Assert.True(way.GetProperty("gcCollections").GetInt32() >= 0);
        foreach (var name in new[] { "sendMicros", "confirmMicros" })
        {
            var latency = way.GetProperty(name);
            var p50 = latency.GetProperty("p50").GetDouble();
            Assert.True(p50 > 0 && latency.GetProperty("max").GetDouble() >= p50);

            // Fifty samples say nothing about these two: ten must lie beyond a percentile.
            Assert.Equal(JsonValueKind.Null, latency.GetProperty("p99").ValueKind);
            Assert.Equal(JsonValueKind.Null, latency.GetProperty("p999").ValueKind);
        }
    }
}
