using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Reserved bits (RFC 6455 §5.2): they are 0 unless an extension gives them a meaning, and the client offers none.</summary>
public sealed class Group3ReservedBitTests
{
    /// <summary>§5.2: a frame with a reserved bit fails the connection, whatever its opcode.</summary>
    [Theory]
    [InlineData("3.1", 1, "48656C6C6F2C20776F726C6421", 1)]
    [InlineData("3.5", 2, "00FFFEFDFCFB00FF", 5)]
    [InlineData("3.6", 9, "48656C6C6F2C20776F726C6421", 6)] // a ping, as the suite describes the case
    [InlineData("3.6", 2, "48656C6C6F2C20776F726C6421", 6)] // a binary frame, as it sends it
    [InlineData("3.7", 8, "", 7)]
    public async Task Case_3_1_and_3_5_to_3_7_A_reserved_bit_fails_the_connection(string caseId, int opcode, string payloadHex, int rsv)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame((Opcode)opcode, Convert.FromHexString(payloadHex), rsv: rsv));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.2, §7.1.7: the message before it counts; the ping behind it is not answered.</summary>
    [Theory]
    [InlineData("3.2", 2, Chop.Together)]
    [InlineData("3.3", 3, Chop.Frames)]
    [InlineData("3.4", 4, Chop.Octets)]
    public async Task Case_3_2_to_3_4_Nothing_behind_a_reserved_bit_is_processed(string caseId, int rsv, Chop chop)
    {
        var hello = Bytes("Hello, world!");
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, Frame(Opcode.Text, hello), Frame(Opcode.Text, hello, rsv: rsv), Frame(Opcode.Ping, []));
        await conversation.ReceivesAsync(Opcode.Text, hello);
        await conversation.FailsAsync(1002);
    }
}
