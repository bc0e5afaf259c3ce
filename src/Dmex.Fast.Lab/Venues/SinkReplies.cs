using System.Buffers.Binary;
using System.Text;

namespace Dmex.Fast.Lab.Venues;

/// <summary>What a venue answers to a burst of cancels, as frames that lie in memory.</summary>
internal static class SinkReplies
{
    /// <summary>How many there are.</summary>
    public const int Count = 1_000;

    private const int HashSize = 32;
    private const int Seed = 20_261;
    private const byte FinalText = 0x81;
    private const int SmallPayload = 125;

    /// <summary>All of them, one after the other.</summary>
    public static byte[] Bytes { get; } = Make();

    /// <summary>The first so many of them.</summary>
    public static ReadOnlyMemory<byte> Take(int count) => Bytes.AsMemory(0, FrameLength * count);

    /// <summary>The length of each with its frame's header.</summary>
    public static int FrameLength => Bytes.Length / Count;

    /// <summary>The length of each.</summary>
    public static int MessageLength => Message(new byte[HashSize]).Length;

    private static byte[] Message(ReadOnlySpan<byte> hash) => Encoding.ASCII.GetBytes(
        $"{{\"op\":\"order_canceled\",\"data\":{{\"order_hash\":\"0x{Convert.ToHexStringLower(hash)}\",\"status\":\"canceled\"}}}}");

    private static byte[] Make()
    {
        using var all = new MemoryStream();
        var random = new Random(Seed); // the same hashes in each run
        var hash = new byte[HashSize];
        Span<byte> length = stackalloc byte[3];
        for (var i = 0; i < Count; i++)
        {
            random.NextBytes(hash);
            var message = Message(hash);
            all.WriteByte(FinalText);
            if (message.Length <= SmallPayload)
            {
                all.WriteByte((byte)message.Length);
            }
            else
            {
                length[0] = SmallPayload + 1;
                BinaryPrimitives.WriteUInt16BigEndian(length[1..], (ushort)message.Length);
                all.Write(length);
            }

            all.Write(message);
        }

        return all.ToArray();
    }
}
