using System.Globalization;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>Figures, not promises: run by name alone.</summary>
[Collection(nameof(NatsClusterGroup))]
public sealed class LinkLatencyTests(NatsTestCluster cluster, ITestOutputHelper output) : NatsClusterTests(cluster)
{
    private const int Seconds = 15;

    [Theory(Explicit = true)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public async Task How_long_an_armed_record_takes_to_a_standby(int rate)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Dmex.Fast.Standby.Tests");
        using var standby = new LabProcess(
            [program, LabProgram.Word, "sees", Cluster.File(Book, NatsStandbyRole.Standby), Text(Seconds + 3)]);
        using var engine = new LabProcess(
            [program, LabProgram.Word, "arms", Cluster.File(Book, NatsStandbyRole.Engine), Text(rate), Text(Seconds)]);
        var sent = engine.WaitForAsync(line => line.StartsWith("sent", StringComparison.Ordinal), Token);
        var seen = await standby.WaitForAsync(line => line.StartsWith("seen", StringComparison.Ordinal), Token);
        output.WriteLine($"{rate}/s: {await sent} {seen}");
        Assert.Equal(LabProcess.Value(await sent, "sent"), LabProcess.Value(await sent, "kept"));
        Assert.Equal(0, LabProcess.Value(seen, "missed"));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
