using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class FrameWriterTests(ITestOutputHelper output)
{
    // 37 FA 21 3D, as in RFC 6455 §5.7.
    private const uint RfcKey = 0x3D21FA37;

    [Fact]
    public void The_masked_hello_of_the_specification_is_written()
    {
        var frame = new byte[11];
        Assert.Equal(11, FrameWriter.Write(frame, Opcode.Text, "Hello"u8, RfcKey));
        Assert.Equal("818537FA213D7F9F4D5158", Convert.ToHexString(frame));
    }

    [Fact]
    public void The_masked_pong_of_the_specification_is_written()
    {
        var frame = new byte[11];
        Assert.Equal(11, FrameWriter.Write(frame, Opcode.Pong, "Hello"u8, RfcKey));
        Assert.Equal("8A8537FA213D7F9F4D5158", Convert.ToHexString(frame));
    }

    [Fact]
    public void A_frame_unmasks_to_its_payload_at_every_form_of_length()
    {
        var keys = new MaskingKeys();
        var random = Seed.Create(output);
        foreach (var length in new[] { 0, 1, 3, 125, 126, 127, 300, 65535, 65536, 100_000 })
        {
            var payload = new byte[length];
            random.NextBytes(payload);
            var frame = new byte[FrameWriter.FrameLength(length) + 3];
            var written = FrameWriter.Write(frame, Opcode.Binary, payload, keys.Next());
            Assert.Equal(FrameWriter.FrameLength(length), written);
            Assert.Equal(new byte[3], frame[written..]);

            Assert.Equal(FrameHeaderStatus.Complete, FrameHeader.TryParse(frame, out var header));
            Assert.Equal(new FrameHeader(true, 0, Opcode.Binary, true, length), header);
            Assert.Equal(payload, Unmask(frame.AsSpan(0, written), header.Length));
        }
    }

    [Fact]
    public void A_destination_too_short_or_a_control_payload_too_long_is_refused()
    {
        Assert.Throws<ArgumentException>("destination", () => FrameWriter.Write(new byte[10], Opcode.Text, "Hello"u8, 1));
        Assert.Throws<ArgumentException>("payload", () => FrameWriter.Write(new byte[300], Opcode.Ping, new byte[126], 1));
        Assert.Equal(131, FrameWriter.Write(new byte[131], Opcode.Ping, new byte[125], 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bye")]
    [InlineData("adiós \U0001F600")]
    public void A_close_frame_carries_its_code_and_reason(string reason)
    {
        var frame = new byte[131];
        var length = FrameWriter.WriteClose(frame, CloseCode.GoingAway, reason, RfcKey);
        var payload = Unmask(frame.AsSpan(0, length), 2);
        Assert.Equal([0x03, 0xE9], payload[..2]);
        Assert.Equal(reason, Encoding.UTF8.GetString(payload.AsSpan(2)));
        Assert.Equal(0x88, frame[0]);
    }

    [Fact]
    public void A_lone_surrogate_in_a_reason_becomes_the_replacement_character()
    {
        var frame = new byte[131];
        var length = FrameWriter.WriteClose(frame, CloseCode.Normal, ['a', '\uD800', 'b'], RfcKey);
        Assert.Equal("a\uFFFDb", Encoding.UTF8.GetString(Unmask(frame.AsSpan(0, length), 2).AsSpan(2)));
    }

    [Theory]
    [InlineData("x", 123)]
    [InlineData("é", 122)]
    [InlineData("€", 123)]
    [InlineData("\U0001F600", 120)]
    public void A_long_reason_is_cut_at_a_character(string character, int bytes)
    {
        var reason = string.Concat(Enumerable.Repeat(character, 200));
        var frame = new byte[131];
        var length = FrameWriter.WriteClose(frame, CloseCode.Normal, reason, RfcKey);
        var payload = Unmask(frame.AsSpan(0, length), 2);
        Assert.Equal(2 + bytes, payload.Length);
        Assert.StartsWith(
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(payload.AsSpan(2)), reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_character_behind_one_that_does_not_fit_is_cut_too()
    {
        var frame = new byte[131];
        var length = FrameWriter.WriteClose(frame, CloseCode.Normal, new string('x', 122) + "éz", RfcKey);
        Assert.Equal(new string('x', 122), Encoding.UTF8.GetString(Unmask(frame.AsSpan(0, length), 2).AsSpan(2)));
    }

    [Fact]
    public void A_close_frame_without_a_code_is_empty()
    {
        var frame = new byte[6];
        Assert.Equal(6, FrameWriter.WriteClose(frame, CloseCode.NoStatus, "", RfcKey));
        Assert.Equal("888037FA213D", Convert.ToHexString(frame));
        Assert.Throws<ArgumentException>("code", () => FrameWriter.WriteClose(new byte[131], CloseCode.NoStatus, "why", 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    public void A_close_code_that_may_not_be_sent_is_refused(int number) =>
        Assert.Throws<ArgumentException>("code", () => FrameWriter.WriteClose(new byte[131], (CloseCode)number, "", 1));

    private static byte[] Unmask(ReadOnlySpan<byte> frame, int headerLength)
    {
        var payload = frame[(headerLength + 4)..].ToArray();
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= frame[headerLength + (i % 4)];
        }

        return payload;
    }
}
