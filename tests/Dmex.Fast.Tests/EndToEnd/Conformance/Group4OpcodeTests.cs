using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Reserved opcodes (RFC 6455 §5.2): 3–7 for data, 11–15 for control.</summary>
public sealed class Group4OpcodeTests
{
    /// <summary>§5.2: an unknown opcode fails the connection.</summary>
    [Theory]
    [InlineData("4.1.1", 3, "")]
    [InlineData("4.1.2", 4, "reserved opcode payload")]
    [InlineData("4.2.1", 11, "")]
    [InlineData("4.2.2", 12, "reserved opcode payload")]
    public async Task Case_4_1_and_4_2_A_reserved_opcode_fails_the_connection(string caseId, int opcode, string payload)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame((Opcode)opcode, Bytes(payload)));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.2, §7.1.7: the message before it counts; the ping behind it is not answered.</summary>
    [Theory]
    [InlineData("4.1.3", 5, "", Chop.Together)]
    [InlineData("4.1.4", 6, "Hello, world!", Chop.Together)]
    [InlineData("4.1.5", 7, "Hello, world!", Chop.Octets)]
    [InlineData("4.2.3", 13, "", Chop.Together)]
    [InlineData("4.2.4", 14, "Hello, world!", Chop.Together)]
    [InlineData("4.2.5", 15, "Hello, world!", Chop.Octets)]
    public async Task Case_4_1_and_4_2_Nothing_behind_a_reserved_opcode_is_processed(string caseId, int opcode, string payload, Chop chop)
    {
        var hello = Bytes("Hello, world!");
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, Frame(Opcode.Text, hello), Frame((Opcode)opcode, Bytes(payload)), Frame(Opcode.Ping, []));
        await conversation.ReceivesAsync(Opcode.Text, hello);
        await conversation.FailsAsync(1002);
    }
}
