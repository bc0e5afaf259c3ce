using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Pings and pongs (RFC 6455 §5.5.2, §5.5.3).</summary>
public sealed class Group2PingTests
{
    private static readonly byte[] Unsolicited = Frame(Opcode.Pong, "unsolicited pong payload"u8);

    /// <summary>§5.5.3: a pong carries the payload of its ping.</summary>
    [Theory]
    [InlineData("2.1", "")]
    [InlineData("2.2", "48656C6C6F2C20776F726C6421")]
    [InlineData("2.3", "00FFFEFDFCFB00FF")]
    public async Task Case_2_1_to_2_3_A_ping_is_answered_with_its_payload(string caseId, string payloadHex)
    {
        var payload = Convert.FromHexString(payloadHex);
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame(Opcode.Ping, payload));
        await conversation.PongsAsync(payload);
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.5: 125 bytes are the most that a control frame carries, however they come.</summary>
    [Theory]
    [InlineData("2.4", Chop.Together)]
    [InlineData("2.6", Chop.Octets)]
    public async Task Case_2_4_and_2_6_The_longest_ping_is_answered(string caseId, Chop chop)
    {
        var payload = Enumerable.Repeat((byte)0xFE, 125).ToArray();
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, Frame(Opcode.Ping, payload));
        await conversation.PongsAsync(payload);
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.5: a control frame of 126 bytes fails the connection.</summary>
    [Fact]
    public async Task Case_2_5_A_ping_that_is_too_long_fails_the_connection()
    {
        await using var conversation = await OpenAsync("2.5");
        await conversation.SendAsync(Frame(Opcode.Ping, Enumerable.Repeat((byte)0xFE, 126).ToArray()));
        await conversation.FailsAsync(1002);
    }

    /// <summary>§5.5.3: a pong that nobody asked for is not answered.</summary>
    [Theory]
    [InlineData("2.7", "")]
    [InlineData("2.8", "unsolicited pong payload")]
    public async Task Case_2_7_and_2_8_An_unsolicited_pong_is_passed_over(string caseId, string payload)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame(Opcode.Pong, Bytes(payload)));
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.5.3: nor does it stand in the way of an answer.</summary>
    [Fact]
    public async Task Case_2_9_A_ping_behind_an_unsolicited_pong_is_answered()
    {
        await using var conversation = await OpenAsync("2.9");
        await conversation.SendAsync(Unsolicited, Frame(Opcode.Ping, "ping payload"u8));
        await conversation.PongsAsync(Bytes("ping payload"));
        await conversation.WorksAndClosesAsync();
    }

    /// <summary>
    /// §5.5.3: only the latest ping must be answered. A client that is not writing anything else answers each, in order.
    /// </summary>
    [Theory]
    [InlineData("2.10", Chop.Together)]
    [InlineData("2.11", Chop.Octets)]
    public async Task Case_2_10_and_2_11_Ten_pings_are_answered_in_order(string caseId, Chop chop)
    {
        var payloads = Enumerable.Range(0, 10).Select(i => Bytes($"payload-{i}")).ToArray();
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(chop, [.. payloads.Select(payload => Frame(Opcode.Ping, payload))]);
        foreach (var payload in payloads)
        {
            await conversation.PongsAsync(payload);
        }

        await conversation.WorksAndClosesAsync();
    }
}
