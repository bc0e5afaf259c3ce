using System.Buffers;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.WebSockets;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

public sealed class FrameAllocationTests
{
    private const int Repetitions = 1000;

    [Fact]
    public void The_meter_sees_one_allocation_a_frame()
    {
        var payload = new byte[300];
        var frame = Array.Empty<byte>();
        var allocated = AllocationMeter.Measure(Repetitions, () =>
        {
            frame = new byte[FrameWriter.FrameLength(payload.Length)];
            FrameWriter.Write(frame, Opcode.Text, payload, 1);
        });
        Assert.InRange(allocated, Repetitions * (long)frame.Length, long.MaxValue);
    }

    [Fact]
    public void Writing_frames_allocates_nothing()
    {
        var keys = new MaskingKeys();
        var payload = new byte[300];
        var frame = new byte[400];
        var hash = new OrderHash(new byte[32]);
        var signature = CancelFrameTests.SomeSignature(new Random(1));
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            FrameWriter.Write(frame, Opcode.Text, payload, keys.Next());
            FrameWriter.Write(frame, Opcode.Ping, payload.AsSpan(0, 8), keys.Next());
            CancelFrame.Write(frame, hash, signature, keys.Next());
            FrameWriter.WriteClose(frame, CloseCode.Normal, "done é", keys.Next());
        }));
    }

    [Fact]
    public void Reading_messages_allocates_nothing_whole_or_fragmented_or_split()
    {
        byte[] stream =
        [
            .. ServerFrames.Text("{\"op\":\"order_canceled\",\"hash\":\"€\"}"), .. ServerFrames.Frame(Opcode.Ping, "12345678"u8),
            .. ServerFrames.Text("frag", fin: false), .. ServerFrames.Frame(Opcode.Pong, "p"u8),
            .. ServerFrames.Frame(Opcode.Continuation, new byte[2000]), .. ServerFrames.Frame(Opcode.Binary, new byte[5000]),
        ];
        var whole = new ReadOnlySequence<byte>(stream);
        var split = ServerFrames.Segmented(stream, Enumerable.Repeat(7, stream.Length / 7));
        using var reader = new FrameReader(new FrameReaderOptions());
        var messages = 0;
        Assert.Equal(0, AllocationMeter.Measure(Repetitions / 10, () =>
        {
            messages = 0;
            foreach (var wholly in (ReadOnlySpan<bool>)[true, false])
            {
                var buffer = wholly ? whole : split;
                while (reader.TryRead(ref buffer, out _) is not (FrameReadStatus.NeedMore or FrameReadStatus.ProtocolError))
                {
                    messages++;
                }
            }
        }));
        Assert.Null(reader.Error);
        Assert.Equal(10, messages);
    }
}
