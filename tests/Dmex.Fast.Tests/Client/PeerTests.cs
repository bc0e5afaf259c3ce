using Dmex.Fast.Cancels;
using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Client;

/// <summary>The client against servers that this project did not write.</summary>
public sealed class PeerTests
{
    private static string? NodeModules
    {
        get
        {
            if (Environment.GetEnvironmentVariable("DMEX_NODE_MODULES") is { Length: > 0 } given)
            {
                return given;
            }

            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                var candidate = Path.Combine(folder.FullName, "artifacts", "node_modules");
                if (Directory.Exists(Path.Combine(candidate, "ws")))
                {
                    return candidate;
                }
            }

            return null;
        }
    }

    [Theory]
    [InlineData("whole", Pace.Normal)]
    [InlineData("fragment", Pace.Normal)]
    [InlineData("whole", Pace.OneByte)]
    [InlineData("fragment", Pace.Slow)]
    public async Task Cancels_are_confirmed_by_nodes_ws(string mode, Pace pace)
    {
        var modules = NodeModules;
        External.Require(
            modules is not null && Directory.Exists(Path.Combine(modules, "ws")) && PeerProcess.Succeeds("node", "--version"),
            "node and its package ws (DMEX_NODE_MODULES, or artifacts/node_modules)");
        await using var peer = await PeerProcess.StartAsync(
            "node", [PeerProcess.Script("ws-server.mjs"), mode], ("DMEX_NODE_MODULES", modules!));
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
        await using var peer = await PeerProcess.StartAsync(Python, [PeerProcess.Script("websockets_server.py"), mode]);
        await CancelAsync(peer.Uri, pace);
    }

    private static async Task CancelAsync(Uri uri, Pace pace)
    {
        await using var relay = Relays.Create(uri, pace);
        var orders = pace == Pace.Slow ? 5 : 100;
        await using (var client = await TestClient.ConnectAsync(relay.Through(uri)))
        {
            var cancels = Enumerable.Range(0, orders).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
            Assert.All(await Task.WhenAll(cancels).WaitAsync(Wait.Long), o => Assert.Equal(CancelOutcomeKind.Confirmed, o.Kind));

            var echo = new TaskCompletionSource<string>();
            client.MessageReceived += (_, message) => echo.TrySetResult(message.ToString());
            _ = await client.SendTextAsync("{\"op\":\"echo\",\"text\":\"größer\"}".AsMemory()).Soon();
            Assert.Equal("{\"op\":\"echo\",\"text\":\"größer\"}", await echo.Task.WaitAsync(Wait.Long));

            await client.DisposeAsync();
            Assert.Equal((ConnectionLossKind.ClosedHere, 1000), (client.Loss!.Kind, client.Loss.CloseCode));
        }
    }
}
