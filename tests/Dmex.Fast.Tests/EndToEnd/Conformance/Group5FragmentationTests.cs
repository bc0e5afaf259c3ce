using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Fragmentation (RFC 6455 §5.4), with control frames in between, in one write, in one a frame, in one an octet.</summary>
public sealed class Group5FragmentationTests
{
    private static readonly byte[] Whole = Bytes("fragment1fragment2");

    /// <summary>§5.5: control frames are not fragmented.</summary>
    [Theory]
    [InlineData("5.1", 9)]
    [InlineData("5.2", 10)]
    public async Task Case_5_1_and_5_2_A_fragmented_control_frame_fails_the_connection(string caseId, int opcode)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame((Opcode)opcode, "fragment1"u8, fin: false), Continuation("fragment2"));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.4: the fragments' payloads in order are the message.</summary>
    [Theory]
    [InlineData("5.3", Chop.Together)]
    [InlineData("5.4", Chop.Frames)]
    [InlineData("5.5", Chop.Octets)]
    public async Task Case_5_3_to_5_5_Two_fragments_are_one_message(string caseId, Chop chop)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, Text("fragment1", fin: false), Continuation("fragment2"));
        await conversation.ReceivesAsync(Opcode.Text, Whole);
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.4: control frames may stand between fragments, and are answered.</summary>
    [Theory]
    [InlineData("5.6", Chop.Together)]
    [InlineData("5.7", Chop.Frames)]
    [InlineData("5.8", Chop.Octets)]
    public async Task Case_5_6_to_5_8_A_ping_between_fragments_is_answered(string caseId, Chop chop)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, Text("fragment1", fin: false), Frame(Opcode.Ping, "ping payload"u8), Continuation("fragment2"));
        await conversation.PongsAsync(Bytes("ping payload"));
        await conversation.ReceivesAsync(Opcode.Text, Whole);
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.4: a continuation, final or not, needs a message to continue.</summary>
    [Theory]
    [InlineData("5.9", true, Chop.Together)]
    [InlineData("5.10", true, Chop.Frames)]
    [InlineData("5.11", true, Chop.Octets)]
    [InlineData("5.12", false, Chop.Together)]
    [InlineData("5.13", false, Chop.Frames)]
    [InlineData("5.14", false, Chop.Octets)]
    public async Task Case_5_9_to_5_14_A_continuation_of_nothing_fails_the_connection(string caseId, bool fin, Chop chop)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, Continuation("non-continuation payload", fin), Text("Hello, world!"));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.4: nor does a message that has ended serve; it counts, the one behind the error does not.</summary>
    [Fact]
    public async Task Case_5_15_A_continuation_of_an_ended_message_fails_the_connection()
    {
        await using var conversation = await OpenAsync("5.15");
        await conversation.SendAsync(
            Text("fragment1", fin: false), Continuation("fragment2"), Continuation("fragment3", fin: false), Text("fragment4"));
        await conversation.ReceivesAsync(Opcode.Text, Whole);
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.4: what follows a continuation of nothing does not mend it.</summary>
    [Theory]
    [InlineData("5.16", false)]
    [InlineData("5.17", true)]
    public async Task Case_5_16_and_5_17_Continuations_of_nothing_before_good_messages_fail_the_connection(string caseId, bool fin)
    {
        byte[][] once = [Continuation("fragment1", fin), Text("fragment2", fin: false), Continuation("fragment3")];
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync([.. once, .. once]);
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.4: inside a fragmented message every data frame is a continuation.</summary>
    [Fact]
    public async Task Case_5_18_A_new_data_frame_inside_a_fragmented_message_fails_the_connection()
    {
        await using var conversation = await OpenAsync("5.18");
        await conversation.SendAsync(Text("fragment1", fin: false), Text("fragment2"));
        await conversation.FailsAsync(1002);
    }

    /// <summary>
    /// §5.4, §5.5.2: a ping is answered as soon as it comes, while the message around it is open. The suite waits a second
    /// before it goes on; here the first pong is awaited, which shows the same and more.
    /// </summary>
    [Theory]
    [InlineData("5.19", Chop.Together)]
    [InlineData("5.20", Chop.Frames)]
    public async Task Case_5_19_and_5_20_Pings_are_answered_while_a_message_is_open(string caseId, Chop chop)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(
            chop, Text("fragment1", fin: false), Continuation("fragment2", fin: false), Frame(Opcode.Ping, "pongme 1!"u8));
        await conversation.PongsAsync(Bytes("pongme 1!"));
        await conversation.SendAsync(
            chop,
            Continuation("fragment3", fin: false),
            Continuation("fragment4", fin: false),
            Frame(Opcode.Ping, "pongme 2!"u8),
            Continuation("fragment5"));
        await conversation.PongsAsync(Bytes("pongme 2!"));
        await conversation.ReceivesAsync(Opcode.Text, Bytes("fragment1fragment2fragment3fragment4fragment5"));
        await conversation.WorksAndClosesAsync();
    }

    private static byte[] Continuation(string payload, bool fin = true) => Frame(Opcode.Continuation, Bytes(payload), fin);
}
