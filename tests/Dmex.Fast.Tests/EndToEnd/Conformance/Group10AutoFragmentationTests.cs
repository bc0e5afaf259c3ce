using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Automatic fragmentation (RFC 6455 §5.4), by the server: the client itself never fragments.</summary>
public sealed class Group10AutoFragmentationTests
{
    /// <summary>§5.4: fifty frames of 1,300 octets and one of the rest are one message.</summary>
    [Fact]
    public async Task Case_10_1_1_A_message_that_the_server_fragments_arrives_whole()
    {
        var payload = Payloads.Repeat("*"u8, 65_536);
        var frames = Payloads.Fragments(Opcode.Text, payload, 1300);
        Assert.Equal(51, frames.Length);
        await using var conversation = await OpenAsync("10.1.1");
        await conversation.SendAsync(Chop.Frames, frames);
        await conversation.ReceivesAsync(Opcode.Text, payload);
        await conversation.WorksAndClosesAsync();
    }
}
