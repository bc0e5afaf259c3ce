using System.Text;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.WebSockets;

public sealed class BinaryReplyTests
{
    [Fact]
    public async Task A_reply_in_binary_frames_counts_as_one_in_text_frames_does()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            await peer.SendFrameAsync(2, [0xFF, 0xFE, 0x00]); // not UTF-8: for the handler alone
            await peer.SendFrameAsync(
                2, Encoding.UTF8.GetBytes(
                    "{\"op\":\"cancel_order\",\"success\":true,\"data\":{\"order_hash\":\"" + hash + "\",\"status\":\"canceled\"}}"));
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var messages = new List<bool>();
        client.MessageReceived += (_, message) => messages.Add(message.IsText);

        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();

        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        await Wait.Until(() => messages.Count == 1, "the other message reaches the handler");
        Assert.Equal([false], messages);
    }
}
