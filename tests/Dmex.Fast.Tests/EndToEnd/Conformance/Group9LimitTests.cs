using Dmex.Fast.WebSockets;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Conformance.Conversation;
using static Dmex.Fast.Tests.Unit.WebSockets.ServerFrames;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>
/// Large messages, many fragments, small chops, many messages (RFC 6455 §5.2, §5.4), and the limits that the client sets
/// itself (§10.4). The times that the suite takes here are not looked at.
/// </summary>
public sealed class Group9LimitTests
{
    private const int Mebibyte = 1 << 20;
    private const int Messages = 1000;

    private static ReadOnlySpan<byte> TextPattern => "BAsd7&jh23"u8;

    private static ReadOnlySpan<byte> BinaryPattern => [0x00, 0xFE, 0x23, 0xFA, 0xF0];

    /// <summary>§5.2: a message of one frame, as large as the limits are set.</summary>
    [Theory]
    [InlineData("9.1.1", 64 * 1024)]
    [InlineData("9.1.2", 256 * 1024)]
    [InlineData("9.1.3", Mebibyte)]
    [InlineData("9.1.4", 4 * Mebibyte)]
    [InlineData("9.1.5", 8 * Mebibyte)]
    [InlineData("9.1.6", 16 * Mebibyte)]
    public Task Case_9_1_A_large_text_message_arrives(string caseId, int length) =>
        ArrivesAsync(caseId, Opcode.Text, Payloads.Repeat(TextPattern, length), length);

    /// <summary>§5.2: the same for binary messages.</summary>
    [Theory]
    [InlineData("9.2.1", 64 * 1024)]
    [InlineData("9.2.2", 256 * 1024)]
    [InlineData("9.2.3", Mebibyte)]
    [InlineData("9.2.4", 4 * Mebibyte)]
    [InlineData("9.2.5", 8 * Mebibyte)]
    [InlineData("9.2.6", 16 * Mebibyte)]
    public Task Case_9_2_A_large_binary_message_arrives(string caseId, int length) =>
        ArrivesAsync(caseId, Opcode.Binary, Payloads.Repeat(BinaryPattern, length), length);

    /// <summary>§5.4: 4 MiB in few fragments or in many.</summary>
    [Theory]
    [InlineData("9.3.1", 64)]
    [InlineData("9.3.2", 256)]
    [InlineData("9.3.3", 1024)]
    [InlineData("9.3.4", 4 * 1024)]
    [InlineData("9.3.5", 16 * 1024)]
    [InlineData("9.3.6", 64 * 1024)]
    [InlineData("9.3.7", 256 * 1024)]
    [InlineData("9.3.8", Mebibyte)]
    [InlineData("9.3.9", 4 * Mebibyte)]
    public Task Case_9_3_A_text_message_in_many_fragments_arrives(string caseId, int fragment) =>
        ArrivesAsync(caseId, Opcode.Text, Payloads.Repeat("*"u8, 4 * Mebibyte), fragment);

    /// <summary>§5.4: the same for binary messages.</summary>
    [Theory]
    [InlineData("9.4.1", 64)]
    [InlineData("9.4.2", 256)]
    [InlineData("9.4.3", 1024)]
    [InlineData("9.4.4", 4 * 1024)]
    [InlineData("9.4.5", 16 * 1024)]
    [InlineData("9.4.6", 64 * 1024)]
    [InlineData("9.4.7", 256 * 1024)]
    [InlineData("9.4.8", Mebibyte)]
    [InlineData("9.4.9", 4 * Mebibyte)]
    public Task Case_9_4_A_binary_message_in_many_fragments_arrives(string caseId, int fragment) =>
        ArrivesAsync(caseId, Opcode.Binary, Payloads.Repeat([0xFE], 4 * Mebibyte), fragment);

    /// <summary>§5.2: 1 MiB that comes in small chops.</summary>
    [Theory]
    [InlineData("9.5.1", 64)]
    [InlineData("9.5.2", 128)]
    [InlineData("9.5.3", 256)]
    [InlineData("9.5.4", 512)]
    [InlineData("9.5.5", 1024)]
    [InlineData("9.5.6", 2048)]
    public Task Case_9_5_A_text_message_in_small_chops_arrives(string caseId, int chop) =>
        ArrivesInChopsAsync(caseId, Opcode.Text, Payloads.Repeat(TextPattern, Mebibyte), chop);

    /// <summary>§5.2: the same for binary messages.</summary>
    [Theory]
    [InlineData("9.6.1", 64)]
    [InlineData("9.6.2", 128)]
    [InlineData("9.6.3", 256)]
    [InlineData("9.6.4", 512)]
    [InlineData("9.6.5", 1024)]
    [InlineData("9.6.6", 2048)]
    public Task Case_9_6_A_binary_message_in_small_chops_arrives(string caseId, int chop) =>
        ArrivesInChopsAsync(caseId, Opcode.Binary, Payloads.Repeat(BinaryPattern, Mebibyte), chop);

    /// <summary>§5.6: a thousand texts there and back, one after the other: the application sends back what it gets.</summary>
    [Theory]
    [InlineData("9.7.1", 0)]
    [InlineData("9.7.2", 16)]
    [InlineData("9.7.3", 64)]
    [InlineData("9.7.4", 256)]
    [InlineData("9.7.5", 1024)]
    [InlineData("9.7.6", 4096)]
    public async Task Case_9_7_A_thousand_texts_come_back(string caseId, int length)
    {
        var payload = Payloads.Repeat("*"u8, length);
        var frame = Frame(Opcode.Text, payload);
        await using var conversation = await OpenAsync(caseId);
        for (var i = 0; i < Messages; i++)
        {
            await conversation.SendAsync(frame);
            await conversation.ReceivesAsync(Opcode.Text, payload);
            await conversation.EchoesAsync(payload);
        }

        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§5.6: a thousand binary messages, each awaited before the next. The client sends none, so none comes back.</summary>
    [Theory]
    [InlineData("9.8.1", 0)]
    [InlineData("9.8.2", 16)]
    [InlineData("9.8.3", 64)]
    [InlineData("9.8.4", 256)]
    [InlineData("9.8.5", 1024)]
    [InlineData("9.8.6", 4096)]
    public async Task Case_9_8_A_thousand_binary_messages_arrive(string caseId, int length)
    {
        var payload = Payloads.Repeat([0xFE], length);
        var frame = Frame(Opcode.Binary, payload);
        await using var conversation = await OpenAsync(caseId);
        for (var i = 0; i < Messages; i++)
        {
            await conversation.SendAsync(frame);
            await conversation.ReceivesAsync(Opcode.Binary, payload);
        }

        await conversation.WorksAndClosesAsync();
    }

    /// <summary>§7.4.1, §10.4: over the default limit of a frame the connection fails with 1009.</summary>
    [Theory]
    [InlineData("9.1.4", 1)]
    [InlineData("9.2.4", 2)]
    public async Task Case_9_1_4_and_9_2_4_A_frame_over_the_default_limit_fails_the_connection(string caseId, int opcode)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendAsync(Frame((Opcode)opcode, Payloads.Repeat(TextPattern, 4 * Mebibyte)));
        await conversation.FailsAsync(1009);
    }

    /// <summary>
    /// §5.4, §10.4: a message without end fails the connection with 1009 at the fragment that takes it over the default limit
    /// of a message. The suite has the case and does not run it.
    /// </summary>
    [Fact]
    public async Task Case_9_9_1_A_message_without_end_fails_the_connection()
    {
        var options = new DmexClientOptions();
        Assert.Equal(0, options.Limits.MaxMessageSize % 4096);
        var frames = Payloads.Fragments(Opcode.Text, Payloads.Repeat("*"u8, options.Limits.MaxMessageSize + (2 * 4096)), 4096);
        await using var conversation = await OpenAsync("9.9.1");
        await conversation.SendAsync(frames[..^2]);
        await conversation.SendAsync(Frame(Opcode.Ping, "within the limit"u8));
        await conversation.PongsAsync(Bytes("within the limit"));
        await conversation.SendAsync(frames[^2]);
        await conversation.FailsAsync(1009);
    }

    private static async Task ArrivesAsync(string caseId, Opcode opcode, byte[] payload, int fragment)
    {
        await using var conversation = await OpenAsync(caseId, options =>
        {
            options.Limits.MaxFrameSize = Math.Max(options.Limits.MaxFrameSize, Math.Min(fragment, payload.Length));
            options.Limits.MaxMessageSize = Math.Max(options.Limits.MaxMessageSize, payload.Length);
        });
        await conversation.SendAsync(Payloads.Fragments(opcode, payload, fragment));
        await conversation.ReceivesAsync(opcode, payload);
        await conversation.WorksAndClosesAsync();
    }

    private static async Task ArrivesInChopsAsync(string caseId, Opcode opcode, byte[] payload, int chop)
    {
        await using var conversation = await OpenAsync(caseId);
        await conversation.SendInChopsAsync(chop, Frame(opcode, payload));
        await conversation.ReceivesAsync(opcode, payload);
        await conversation.WorksAndClosesAsync();
    }
}
