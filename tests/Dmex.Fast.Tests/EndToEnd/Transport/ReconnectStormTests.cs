using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Transport;

/// <summary>The policy over real sockets, at a fifth of its default times. A slow machine makes fewer connections, never more.</summary>
public sealed class ReconnectStormTests
{
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData(1008)]
    [InlineData(1013)]
    [InlineData(0)]
    public async Task A_venue_that_ends_every_connection_early_or_never_pongs_sees_few_of_them(int closeCode)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            if (closeCode == 0)
            {
                await Task.Delay(Timeout.Infinite, peer.Closing);
            }

            await Task.Delay(240, peer.Closing);
            await peer.SendFrameAsync(8, [(byte)(closeCode >> 8), (byte)closeCode]);
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Connections = 2;
            o.Liveness.PingInterval = TimeSpan.FromMilliseconds(200);
            o.Liveness.PongTimeout = TimeSpan.FromMilliseconds(380);
            o.Reconnect.Delay = TimeSpan.FromMilliseconds(20);
            o.Reconnect.MaxDelay = TimeSpan.FromSeconds(2);
            o.CloseTimeout = TimeSpan.FromMilliseconds(200);
        });
        await Task.Delay(Observed);
        Assert.InRange(server.Accepted, 2, 8);
        Assert.All(client.Connections, c => Assert.NotNull(c.LastLoss));
    }
}
