using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData("810548656C6C6F", nameof(FrameReadStatus.Text))]
    [InlineData("010348656C80026C6F", nameof(FrameReadStatus.Text))]
    [InlineData("890548656C6C6F", nameof(FrameReadStatus.Ping))]
    [InlineData("8A0548656C6C6F", nameof(FrameReadStatus.Pong))]
    public void The_examples_of_the_specification_are_read(string hex, string status)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));
        Assert.Equal(status, reader.TryRead(ref buffer, out var message).ToString());
        Assert.Equal("Hello", Encoding.ASCII.GetString(message.Span));
        Assert.True(buffer.IsEmpty);
        Assert.Equal(FrameReadStatus.NeedMore, reader.TryRead(ref buffer, out _));
    }

    [Theory]
    [InlineData("827E0100", 256)]
    [InlineData("827F0000000000010000", 65536)]
    public void The_long_examples_of_the_specification_are_read(string hex, int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>([.. Convert.FromHexString(hex), .. payload]);
        Assert.Equal(FrameReadStatus.Binary, reader.TryRead(ref buffer, out var message));
        Assert.Equal(payload, message.Payload.ToArray());
    }

    [Fact]
    public void A_message_in_one_segment_is_a_view_of_the_receive_buffer()
    {
        var bytes = ServerFrames.Text("no copy");
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.Equal(FrameReadStatus.Text, reader.TryRead(ref buffer, out var message));
        Assert.True(MemoryMarshal.TryGetArray(message.Payload, out var view));
        Assert.Same(bytes, view.Array);
        Assert.Equal(2, view.Offset);
    }

    [Fact]
    public void Control_frames_inside_a_fragmented_message_come_first()
    {
        byte[] bytes =
        [
            .. ServerFrames.Text("a", fin: false), .. ServerFrames.Frame(Opcode.Ping, "1"u8),
            .. ServerFrames.Frame(Opcode.Continuation, "b"u8, fin: false), .. ServerFrames.Frame(Opcode.Pong, "2"u8),
            .. ServerFrames.Frame(Opcode.Continuation, "c"u8), .. ServerFrames.Text("next"),
        ];
        Assert.Equal("Ping:1 Pong:2 Text:abc Text:next", ReadAll(bytes));
    }

    [Fact]
    public void Empty_messages_and_empty_fragments_are_read()
    {
        byte[] bytes =
        [
            .. ServerFrames.Text(""), .. ServerFrames.Frame(Opcode.Binary, []),
            .. ServerFrames.Text("", fin: false), .. ServerFrames.Frame(Opcode.Continuation, [], fin: false),
            .. ServerFrames.Frame(Opcode.Continuation, []),
        ];
        Assert.Equal("Text: Binary: Text:", ReadAll(bytes));
    }

    [Theory]
    [InlineData("C100", "reserved bits")]
    [InlineData("A100", "reserved bits")]
    [InlineData("9100", "reserved bits")]
    [InlineData("8300", "reserved opcode 3")]
    [InlineData("8700", "reserved opcode 7")]
    [InlineData("8B00", "reserved opcode 11")]
    [InlineData("8F00", "reserved opcode 15")]
    [InlineData("8180", "masked")]
    [InlineData("8980", "masked")]
    [InlineData("0900", "control frame is fragmented")]
    [InlineData("0800", "control frame is fragmented")]
    [InlineData("897E007E", "126 bytes")]
    [InlineData("887F0000000000010000", "65536 bytes")]
    [InlineData("8801", "one byte")]
    [InlineData("8000", "no message to continue")]
    [InlineData("0000", "no message to continue")]
    [InlineData("01008100", "inside a fragmented message")]
    [InlineData("01000100", "inside a fragmented message")]
    [InlineData("02008100", "inside a fragmented message")]
    [InlineData("817E0001", "shortest form")]
    [InlineData("827F000000000000FFFF", "shortest form")]
    [InlineData("827F8000000000000000", "top bit")]
    [InlineData("010080008000", "no message to continue")]
    public void A_broken_rule_of_framing_is_1002_and_known_from_the_header(string hex, string description)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));
        FrameReadStatus status;
        do
        {
            status = reader.TryRead(ref buffer, out _);
        }
        while (status == FrameReadStatus.Text);

        Assert.Equal(FrameReadStatus.ProtocolError, status);
        Assert.Equal(CloseCode.ProtocolError, reader.Error!.Value.CloseCode);
        Assert.Contains(description, reader.Error.Value.Description, StringComparison.Ordinal);

        var thrown = reader.Error.Value.ToException();
        Assert.Equal(CloseCode.ProtocolError, thrown.CloseCode);
        Assert.Equal(reader.Error.Value.Description, thrown.Message);
    }

    [Fact]
    public void A_failed_reader_stays_failed()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>([0xC1, 0]);
        Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out _));
        var error = reader.Error;
        buffer = new ReadOnlySequence<byte>(ServerFrames.Text("fine"));
        Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out _));
        Assert.Equal(error, reader.Error);
    }

    [Fact]
    public void A_frame_or_message_over_its_limit_is_1009_before_its_payload_comes()
    {
        var options = new FrameReaderOptions { MaxFrameBytes = 200, MaxMessageBytes = 300 };
        Assert.Equal("Binary:200", ReadLengths(options, ServerFrames.Frame(Opcode.Binary, new byte[200])));
        Assert.Equal("1009", ReadLengths(options, ServerFrames.Frame(Opcode.Binary, new byte[201])[..4]));
        Assert.Equal("1009", ReadLengths(options, Convert.FromHexString("827F7FFFFFFFFFFFFFFF")));

        byte[] first = [.. ServerFrames.Frame(Opcode.Binary, new byte[200], fin: false), .. ServerFrames.Frame(Opcode.Ping, new byte[125])];
        Assert.Equal("Ping:125 Binary:300", ReadLengths(options, [.. first, .. ServerFrames.Frame(Opcode.Continuation, new byte[100])]));
        Assert.Equal("Ping:125 1009", ReadLengths(options, [.. first, .. ServerFrames.Frame(Opcode.Continuation, new byte[101])[..2]]));
        Assert.Equal(
            "Binary:200 Binary:200",
            ReadLengths(
                options, [.. ServerFrames.Frame(Opcode.Binary, new byte[200]), .. ServerFrames.Frame(Opcode.Binary, new byte[200])]));

        Assert.Throws<ArgumentException>("options", () => new FrameReader(new FrameReaderOptions { MaxFrameBytes = 124 }));
        Assert.Throws<ArgumentException>("options", () => new FrameReader(new FrameReaderOptions { MaxMessageBytes = 0 }));
    }

    [Fact]
    public void A_message_of_the_default_limit_is_read_and_one_byte_more_is_not()
    {
        var options = new FrameReaderOptions();
        Assert.Equal("Binary:1048576", ReadLengths(options, ServerFrames.Frame(Opcode.Binary, new byte[1 << 20])));
        Assert.Equal("1009", ReadLengths(options, ServerFrames.Frame(Opcode.Binary, new byte[(1 << 20) + 1])));
    }

    [Fact]
    public void Disposing_twice_is_harmless()
    {
        var reader = new FrameReader(new FrameReaderOptions());
        var buffer = ServerFrames.Segmented(ServerFrames.Text("split"), [4]);
        Assert.Equal(FrameReadStatus.Text, reader.TryRead(ref buffer, out _));
        reader.Dispose();
        reader.Dispose();
    }

    private static string ReadAll(byte[] bytes)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(bytes);
        List<string> read = [];
        while (reader.TryRead(ref buffer, out var message) is not FrameReadStatus.NeedMore and var status)
        {
            Assert.NotEqual(FrameReadStatus.ProtocolError, status);
            Assert.Equal(status.ToString(), message.Opcode.ToString());
            read.Add($"{status}:{Encoding.UTF8.GetString(message.Span)}");
        }

        Assert.True(buffer.IsEmpty);
        return string.Join(' ', read);
    }

    private static string ReadLengths(FrameReaderOptions options, byte[] bytes)
    {
        using var reader = new FrameReader(options);
        var buffer = new ReadOnlySequence<byte>(bytes);
        List<string> read = [];
        while (reader.TryRead(ref buffer, out var message) is not FrameReadStatus.NeedMore and var status)
        {
            if (status == FrameReadStatus.ProtocolError)
            {
                read.Add(((int)reader.Error!.Value.CloseCode).ToString());
                break;
            }

            read.Add($"{status}:{message.Payload.Length}");
        }

        return string.Join(' ', read);
    }
}
