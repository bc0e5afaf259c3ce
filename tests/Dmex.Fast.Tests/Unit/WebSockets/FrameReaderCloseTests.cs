using System.Buffers;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class FrameReaderCloseTests
{
    [Theory]
    [InlineData(1000, "")]
    [InlineData(1001, "going")]
    [InlineData(1014, "gateway")]
    [InlineData(3000, "ümlaut")]
    [InlineData(4999, "last")]
    public void A_close_frame_gives_its_code_and_reason(int code, string reason)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(ServerFrames.Close(code, reason));
        Assert.Equal(FrameReadStatus.Close, reader.TryRead(ref buffer, out var message));
        Assert.Equal((CloseCode)code, message.CloseCode);
        Assert.Equal(reason, message.CloseReason);
    }

    [Fact]
    public void A_close_frame_of_125_bytes_is_taken()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(ServerFrames.Close(1000, new string('r', 123)));
        Assert.Equal(FrameReadStatus.Close, reader.TryRead(ref buffer, out var message));
        Assert.Equal(123, message.CloseReason.Length);
    }

    [Fact]
    public void A_close_frame_without_a_code_says_so()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>([0x88, 0]);
        Assert.Equal(FrameReadStatus.Close, reader.TryRead(ref buffer, out var message));
        Assert.Equal(CloseCode.NoStatus, message.CloseCode);
        Assert.Empty(message.CloseReason);
        Assert.Equal(CloseCode.None, default(WebSocketMessage).CloseCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public void An_invalid_close_code_is_1002(int code)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(ServerFrames.Close(code, "x"));
        Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out var message));
        Assert.Equal(CloseCode.ProtocolError, reader.Error!.Value.CloseCode);
        Assert.True(message.Payload.IsEmpty);
    }

    [Fact]
    public void A_close_reason_that_is_not_utf8_is_1007()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(ServerFrames.Frame(Opcode.Close, [0x03, 0xE8, 0xC3]));
        Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out _));
        Assert.Equal(CloseCode.InvalidPayload, reader.Error!.Value.CloseCode);
    }

    [Fact]
    public void What_follows_a_close_frame_is_dropped()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>([.. ServerFrames.Close(1000), .. ServerFrames.Text("late"), 0xFF, 0xFF]);
        Assert.Equal(FrameReadStatus.Close, reader.TryRead(ref buffer, out _));
        Assert.Equal(FrameReadStatus.NeedMore, reader.TryRead(ref buffer, out _));
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void A_close_frame_may_come_inside_a_fragmented_message()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>([.. ServerFrames.Text("half", fin: false), .. ServerFrames.Close(1001)]);
        Assert.Equal(FrameReadStatus.Close, reader.TryRead(ref buffer, out var message));
        Assert.Equal(CloseCode.GoingAway, message.CloseCode);
    }
}
