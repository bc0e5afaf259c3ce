using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Framing (RFC 6455 §5.2): the three forms of the length at their borders, in one write and in chops.</summary>
public sealed class Group1FramingTests
{
    /// <summary>§5.2, §5.6: a text message of every form of the length arrives as it is.</summary>
    [Theory]
    [InlineData("1.1.1", 0)]
    [InlineData("1.1.2", 125)]
    [InlineData("1.1.3", 126)]
    [InlineData("1.1.4", 127)]
    [InlineData("1.1.5", 128)]
    [InlineData("1.1.6", 65_535)]
    [InlineData("1.1.7", 65_536)]
    [InlineData("1.1.8", 65_536, 997)]
    public Task Case_1_1_A_text_message_arrives_whole(string caseId, int length, int chop = int.MaxValue) =>
        ArrivesAsync(caseId, Opcode.Text, (byte)'*', length, chop);

    /// <summary>§5.2, §5.6: a binary message of every form of the length arrives as it is.</summary>
    [Theory]
    [InlineData("1.2.1", 0)]
    [InlineData("1.2.2", 125)]
    [InlineData("1.2.3", 126)]
    [InlineData("1.2.4", 127)]
    [InlineData("1.2.5", 128)]
    [InlineData("1.2.6", 65_535)]
    [InlineData("1.2.7", 65_536)]
    [InlineData("1.2.8", 65_536, 997)]
    public Task Case_1_2_A_binary_message_arrives_whole(string caseId, int length, int chop = int.MaxValue) =>
        ArrivesAsync(caseId, Opcode.Binary, 0xFE, length, chop);

    private static async Task ArrivesAsync(string caseId, Opcode opcode, byte octet, int length, int chop)
    {
        var payload = new byte[length];
        payload.AsSpan().Fill(octet);
        await using var conversation = await Conversation.OpenAsync(caseId);
        var frame = Frame(opcode, payload);
        await conversation.SendInChopsAsync(Math.Min(chop, frame.Length), frame);
        await conversation.ReceivesAsync(opcode, payload);
        await conversation.WorksAndClosesAsync();
    }
}
