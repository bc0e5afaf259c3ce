using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>The close handshake that the server starts (RFC 6455 §5.5.1, §7.1, §7.4).</summary>
public sealed class Group7CloseTests
{
    private static readonly byte[] Normal = Close(1000);

    /// <summary>§5.5.1: what came before the close counts.</summary>
    [Fact]
    public async Task Case_7_1_1_A_message_before_the_close_arrives()
    {
        await using var conversation = await OpenAsync("7.1.1");
        await conversation.SendAsync(Text("Hello World!"), Normal);
        await conversation.ReceivesAsync(Opcode.Text, Bytes("Hello World!"));
        _ = await conversation.AnswersCloseAsync(1000);
    }

    /// <summary>§1.4, §5.5.1: a second close, a ping and a message behind the close are not looked at.</summary>
    [Theory]
    [InlineData("7.1.2", 8, "")]
    [InlineData("7.1.3", 9, "")]
    [InlineData("7.1.4", 1, "Hello World!")]
    public async Task Case_7_1_2_to_7_1_4_Nothing_behind_the_close_is_processed(string caseId, int opcode, string payload)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Normal, Frame((Opcode)opcode, Bytes(payload)));
        _ = await conversation.AnswersCloseAsync(1000);
    }

    /// <summary>§5.4, §5.5.1: a close between fragments ends the connection, and the message with it.</summary>
    [Fact]
    public async Task Case_7_1_5_A_close_between_fragments_drops_the_message()
    {
        await using var conversation = await OpenAsync("7.1.5");
        await conversation.SendAsync(Text("fragment1", fin: false), Normal, Frame(Opcode.Continuation, "fragment2"u8));
        _ = await conversation.AnswersCloseAsync(1000);
    }

    /// <summary>§5.5.1: large messages before the close count too, however soon it follows. The suite leaves this open.</summary>
    [Fact]
    public async Task Case_7_1_6_A_large_message_right_before_the_close_arrives()
    {
        var large = Payloads.Repeat("BAsd7&jh23"u8, 256 * 1024);
        await using var conversation = await OpenAsync("7.1.6");
        await conversation.SendAsync(Frame(Opcode.Text, large), Text("Hello World!"), Normal, Frame(Opcode.Ping, []));
        await conversation.ReceivesAsync(Opcode.Text, large);
        await conversation.ReceivesAsync(Opcode.Text, Bytes("Hello World!"));
        _ = await conversation.AnswersCloseAsync(1000);
    }

    /// <summary>§5.5.1, §7.1.5: a close without a code is answered without one, and no code is reported.</summary>
    [Fact]
    public async Task Case_7_3_1_An_empty_close_is_answered_by_an_empty_one()
    {
        await using var conversation = await OpenAsync("7.3.1");
        await conversation.SendAsync(Frame(Opcode.Close, []));
        _ = await conversation.AnswersCloseAsync(null);
    }

    /// <summary>§5.5.1: a code has two octets.</summary>
    [Fact]
    public async Task Case_7_3_2_A_close_of_one_octet_fails_the_connection()
    {
        await using var conversation = await OpenAsync("7.3.2");
        await conversation.SendAsync(Frame(Opcode.Close, "a"u8));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.5, §5.5.1: behind the code comes a reason of at most 123 octets, or none; it reaches the description.</summary>
    [Theory]
    [InlineData("7.3.3", 0)]
    [InlineData("7.3.4", 12)]
    [InlineData("7.3.5", 123)]
    public async Task Case_7_3_3_to_7_3_5_A_close_with_code_and_reason_is_answered(string caseId, int reasonLength)
    {
        var reason = reasonLength == 12 ? "Hello World!" : new string('*', reasonLength);
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Close(1000, reason));
        var loss = await conversation.AnswersCloseAsync(1000);
        Assert.Contains(reason, loss.Description, StringComparison.Ordinal);
    }

    /// <summary>§5.5: with a reason of 124 octets the frame is too long for a control frame.</summary>
    [Fact]
    public async Task Case_7_3_6_A_close_that_is_too_long_fails_the_connection()
    {
        await using var conversation = await OpenAsync("7.3.6");
        await conversation.SendAsync(Close(1000, new string('*', 124)));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.5.1, §8.1: the reason is UTF-8.</summary>
    [Fact]
    public async Task Case_7_5_1_A_reason_that_is_not_utf8_fails_the_connection()
    {
        await using var conversation = await OpenAsync("7.5.1");
        await conversation.SendAsync(Frame(Opcode.Close, Convert.FromHexString("03E8" + "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564")));
        await conversation.FailsAsync(1007);
    }

    /// <summary>§7.4.1, §7.4.2: codes that may be sent are answered with the same code.</summary>
    [Theory]
    [InlineData("7.7.1", 1000)]
    [InlineData("7.7.2", 1001)]
    [InlineData("7.7.3", 1002)]
    [InlineData("7.7.4", 1003)]
    [InlineData("7.7.5", 1007)]
    [InlineData("7.7.6", 1008)]
    [InlineData("7.7.7", 1009)]
    [InlineData("7.7.8", 1010)]
    [InlineData("7.7.9", 1011)]
    [InlineData("7.7.10", 3000)]
    [InlineData("7.7.11", 3999)]
    [InlineData("7.7.12", 4000)]
    [InlineData("7.7.13", 4999)]
    public async Task Case_7_7_A_valid_code_is_answered_and_reported(string caseId, int code)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Close(code));
        _ = await conversation.AnswersCloseAsync(code);
    }

    /// <summary>§7.4.1, §7.4.2: codes below 1000, reserved ones and those that never stand in a frame fail the connection.</summary>
    [Theory]
    [InlineData("7.9.1", 0)]
    [InlineData("7.9.2", 999)]
    [InlineData("7.9.3", 1004)]
    [InlineData("7.9.4", 1005)]
    [InlineData("7.9.5", 1006)]
    [InlineData("7.9.6", 1016)]
    [InlineData("7.9.7", 1100)]
    [InlineData("7.9.8", 2000)]
    [InlineData("7.9.9", 2999)]
    public async Task Case_7_9_An_invalid_code_fails_the_connection(string caseId, int code)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Close(code));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§7.4.2: nothing is said about codes from 5000 up. The client refuses what it cannot understand.</summary>
    [Theory]
    [InlineData("7.13.1", 5000)]
    [InlineData("7.13.2", 65_535)]
    public async Task Case_7_13_A_code_of_no_range_fails_the_connection(string caseId, int code)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Close(code));
        await conversation.FailsAsync(1002);
    }
}
