using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Network;

[Collection(nameof(NatsClusterGroup))]
public sealed class NetworkLabTests
{
    [Fact]
    public async Task A_standby_that_is_cut_off_loses_beats_and_witnesses_alike_and_gets_both_back()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var lab = new NetworkLab();
        lab.StartServers();
        var book = lab.NewBook();
        var engine = lab.Start(NetworkLab.Engine, "beats", lab.ClusterFile(book, NatsStandbyRole.Engine));
        var first = lab.Start(NetworkLab.FirstStandby, "listens", lab.ClusterFile(book, NatsStandbyRole.Standby));
        var second = lab.Start(NetworkLab.SecondStandby, "listens", lab.ClusterFile(book, NatsStandbyRole.Standby));
        await engine.WaitForAsync(line => LabProcess.Value(line, "last") > 3, timeout.Token);
        foreach (var standby in new[] { first, second })
        {
            await standby.WaitForAsync(line => IsInTouch(line, witnesses: 3), timeout.Token);
        }

        lab.CutOff(NetworkLab.FirstStandby);
        await first.WaitForAsync(line => IsSilent(line, witnesses: 0), timeout.Token);
        await second.WaitForAsync(line => IsInTouch(line, witnesses: 3), timeout.Token);
        lab.Heal(NetworkLab.FirstStandby);
        await first.WaitForAsync(line => IsInTouch(line, witnesses: 3), timeout.Token);

        // The engine's host mute: beats end for both, and every server says that it is not the standbys that are cut off.
        lab.Mute(NetworkLab.Engine);
        foreach (var standby in new[] { first, second })
        {
            await standby.WaitForAsync(line => IsSilent(line, witnesses: 3), timeout.Token);
        }

        lab.Unmute(NetworkLab.Engine);
        foreach (var standby in new[] { first, second })
        {
            await standby.WaitForAsync(line => IsInTouch(line, witnesses: 3), timeout.Token);
        }
    }

    private static bool IsSilent(string line, int witnesses) =>
        LabProcess.Value(line, "silence") > 2000 && LabProcess.Value(line, "witnesses") == witnesses;

    private static bool IsInTouch(string line, int witnesses) =>
        LabProcess.Value(line, "silence") is >= 0 and < 400 && LabProcess.Value(line, "witnesses") == witnesses;
}
