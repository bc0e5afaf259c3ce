using System.Text;
using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>UTF-8 in text messages (RFC 6455 §5.6, §8.1; RFC 3629): valid as a whole, refused as soon as it cannot become so.</summary>
public sealed class Group6Utf8Tests
{
    // Greek in two and three octets a letter; then what no text holds; then ASCII.
    private static readonly byte[] Good = Convert.FromHexString("CEBAE1BDB9CF83CEBCCEB5");
    private static readonly byte[] Surrogate = Convert.FromHexString("EDA080");
    private static readonly byte[] BeyondUnicode = Convert.FromHexString("F4908080");
    private static readonly byte[] Edited = Bytes("edited");

    // What is refused at its 13th octet: F4 may begin a character, and no 90 may follow it.
    private static readonly byte[] Refused = [.. Good, .. BeyondUnicode, .. Edited];

    public static TheoryData<string, bool, string> Sequences => Utf8Sequences.All;

    /// <summary>§5.6: an empty text is a text.</summary>
    [Fact]
    public async Task Case_6_1_1_An_empty_text_arrives()
    {
        await using var conversation = await OpenAsync("6.1.1");
        await conversation.SendAsync(Text(string.Empty));
        await conversation.ReceivesAsync(Opcode.Text, []);
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.4, §5.6: fragments may be empty.</summary>
    [Theory]
    [InlineData("6.1.2", "")]
    [InlineData("6.1.3", "middle frame payload")]
    public async Task Case_6_1_2_and_6_1_3_Empty_fragments_add_nothing(string caseId, string middle)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(
            Text(string.Empty, fin: false), Frame(Opcode.Continuation, Bytes(middle), fin: false), Frame(Opcode.Continuation, []));
        await conversation.ReceivesAsync(Opcode.Text, Bytes(middle));
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.6: the message as a whole is UTF-8; a fragment may end inside a character.</summary>
    [Theory]
    [InlineData("6.2.1", "Hello-µ@ßöäüàá-UTF-8!!", 36)]
    [InlineData("6.2.2", "Hello-µ@ßöäüàá-UTF-8!!", 15)] // between two characters
    [InlineData("6.2.3", "Hello-µ@ßöäüàá-UTF-8!!", 1)]
    [InlineData("6.2.4", "\u03BA\u1F79\u03C3\u03BC\u03B5", 1)]
    public async Task Case_6_2_Text_arrives_however_it_is_fragmented(string caseId, string text, int fragment)
    {
        var payload = Bytes(text);
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Payloads.Fragments(Opcode.Text, payload, fragment));
        await conversation.ReceivesAsync(Opcode.Text, payload);
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§8.1: text that is not UTF-8 fails the connection with 1007 (§7.4.1).</summary>
    [Theory]
    [InlineData("6.3.1", 20)]
    [InlineData("6.3.2", 1)]
    public async Task Case_6_3_Text_that_is_not_utf8_fails_the_connection(string caseId, int fragment)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Payloads.Fragments(Opcode.Text, [.. Good, .. Surrogate, .. Edited], fragment));
        await conversation.FailsAsync(1007);
    }

    /// <summary>
    /// §8.1: the connection fails at the fragment that makes the message invalid; the last one is never sent. The pong shows
    /// that the first fragment was taken: where the suite waits a second, nothing needs to be waited for.
    /// </summary>
    [Theory]
    [InlineData("6.4.1", 11, 15)] // the second fragment holds the whole wrong sequence
    [InlineData("6.4.2", 12, 13)] // the first one ends inside it, the second one is the octet that makes it wrong
    public async Task Case_6_4_1_and_6_4_2_An_invalid_fragment_fails_the_connection_at_once(string caseId, int first, int second)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame(Opcode.Text, Refused.AsSpan(..first), fin: false), Frame(Opcode.Ping, "taken"u8));
        await conversation.PongsAsync(Bytes("taken"));
        await conversation.SendAsync(Frame(Opcode.Continuation, Refused.AsSpan(first..second), fin: false));
        await conversation.FailsAsync(1007);
    }

    /// <summary>
    /// §8.1: the same inside one frame, whose rest is never sent. No ping can show that the first chop was taken; that the
    /// client has sent nothing when its cancel goes out, after the pause that the case asks for, stands for it.
    /// </summary>
    [Theory]
    [InlineData("6.4.3", 11, 15)]
    [InlineData("6.4.4", 12, 13)]
    public async Task Case_6_4_3_and_6_4_4_An_invalid_octet_fails_the_connection_before_its_frame_ends(string caseId, int first, int second)
    {
        var frame = Frame(Opcode.Text, Refused);
        var start = frame.Length - Refused.Length;
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(frame[..(start + first)]);
        await Task.Delay(100);
        _ = await conversation.SendsCancelAsync();
        await conversation.SendAsync(frame[(start + first)..(start + second)]);
        await conversation.FailsAsync(1007);
    }

    /// <summary>§5.6, §8.1: valid sequences arrive as they are; invalid ones fail the connection with 1007.</summary>
    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task Case_6_5_to_6_23_Exactly_utf8_is_taken(string caseId, bool valid, string hex)
    {
        var payload = Convert.FromHexString(hex);
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame(Opcode.Text, payload));
        if (valid)
        {
            await conversation.ReceivesAsync(Opcode.Text, payload);
            await conversation.WorksAndClosesAsync();
        }
        else
        {
            await conversation.FailsAsync(1007);
        }
    }

    [Fact]
    public void The_table_of_sequences_agrees_with_the_runtime()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        foreach (var row in Utf8Sequences.All)
        {
            var (caseId, valid, hex) = row.Data;
            var error = Record.Exception(() => strict.GetString(Convert.FromHexString(hex)));
            Assert.True(valid == error is null, caseId);
        }
    }
}
