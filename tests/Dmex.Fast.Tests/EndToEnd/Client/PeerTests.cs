using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>The client against servers that this project did not write.</summary>
public sealed class PeerTests
{
    [Theory]
    [InlineData("whole", Pace.Normal)]
    [InlineData("fragment", Pace.Normal)]
    [InlineData("whole", Pace.OneByte)]
    [InlineData("fragment", Pace.Slow)]
    public async Task Cancels_are_confirmed_by_nodes_ws(string mode, Pace pace)
    {
        NodePeer.Require("ws");
        await using var peer = await PeerProcess.ListeningAsync(NodePeer.Start("ws-server.mjs", mode));
        await CancelAsync(peer.Uri, pace);
    }

    [Theory]
    [InlineData("whole", Pace.Normal)]
    [InlineData("fragment", Pace.Normal)]
    [InlineData("whole", Pace.OneByte)]
    [InlineData("fragment", Pace.Slow)]
    public async Task Cancels_are_confirmed_by_pythons_websockets(string mode, Pace pace)
    {
        const string Python = "/usr/bin/python3";
        External.Require(PeerProcess.Succeeds(Python, "-c", "import websockets"), "python3 with the package websockets");
        await using var peer = await PeerProcess.ListeningAsync(
            PeerProcess.Start(Python, PeerProcess.Script("websockets_server.py"), mode));
        await CancelAsync(peer.Uri, pace);
    }

    private static async Task CancelAsync(Uri uri, Pace pace)
    {
        await using var relay = Relays.Create(uri, pace);
        var orders = pace == Pace.Slow ? 5 : 100;
        await using (var client = await TestClient.ConnectAsync(relay.Through(uri)))
        {
            var cancels = Enumerable.Range(0, orders).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
            Assert.All(await Task.WhenAll(cancels).Soon(), o => Assert.Equal(CancelOutcomeKind.Confirmed, o.Kind));

            var echo = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            client.MessageReceived += (_, message) => echo.TrySetResult(message.ToString());
            _ = await client.SendTextAsync("{\"op\":\"echo\",\"text\":\"größer\"}".AsMemory()).Soon();
            Assert.Equal("{\"op\":\"echo\",\"text\":\"größer\"}", await echo.Task.Soon());

            await client.DisposeAsync();
            Assert.Equal((ConnectionLossKind.ClosedHere, 1000), (client.Loss!.Kind, client.Loss.CloseCode));
        }
    }
}
