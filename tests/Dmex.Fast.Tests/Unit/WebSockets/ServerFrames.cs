using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Tests.Unit.WebSockets;

/// <summary>Server frames written byte by byte from RFC 6455 §5.2, apart from the code under test; and buffers in segments.</summary>
internal static class ServerFrames
{
    public static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload, bool fin = true, int rsv = 0)
    {
        List<byte> bytes = [(byte)((fin ? 0x80 : 0) | (rsv << 4) | (int)opcode)];
        if (payload.Length < 126)
        {
            bytes.Add((byte)payload.Length);
        }
        else if (payload.Length <= 0xFFFF)
        {
            bytes.AddRange([126, (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
            bytes.AddRange([127, .. length]);
        }

        return [.. bytes, .. payload];
    }

    public static byte[] Text(string text, bool fin = true) => Frame(Opcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Close(int code, string reason = "") =>
        Frame(Opcode.Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>The bytes as a sequence of segments of the given lengths, the last one taking the rest; lengths may be 0.</summary>
    public static ReadOnlySequence<byte> Segmented(ReadOnlyMemory<byte> bytes, IEnumerable<int> lengths)
    {
        var first = new Segment(ReadOnlyMemory<byte>.Empty, 0);
        var last = first;
        foreach (var length in lengths)
        {
            var taken = Math.Min(length, bytes.Length);
            last = last.Append(bytes[..taken]);
            bytes = bytes[taken..];
        }

        last = last.Append(bytes);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
