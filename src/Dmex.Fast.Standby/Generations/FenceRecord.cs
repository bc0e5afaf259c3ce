using System.Buffers.Binary;
using System.Text;

namespace Dmex.Fast.Standby.Generations;

/// <summary>
/// A fence in the stream, or an operator's acknowledgement of it, which repeats its id and generation:
/// <code>
/// record = id (8) generation (4) reason (1) acknowledgement (1) 0 (2) unix ms (8) silent ms (8) witnesses (4) servers (4) name (UTF-8)
/// </code>
/// </summary>
internal static class FenceRecord
{
    private const int NameAt = 40;
    private const int AcknowledgementAt = 13;

    /// <summary>Writes it.</summary>
    /// <param name="fence">The fence; of an acknowledgement, by whom and when it was acknowledged.</param>
    /// <param name="isAcknowledgement">Whether it is an acknowledgement.</param>
    public static byte[] Write(GenerationFence fence, bool isAcknowledgement = false)
    {
        var name = Encoding.UTF8.GetBytes(fence.By);
        var record = new byte[NameAt + name.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(record, fence.Id);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), fence.Generation);
        record[12] = (byte)fence.Evidence.Reason;
        record[AcknowledgementAt] = isAcknowledgement ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), fence.At.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), (long)fence.Evidence.Silent.TotalMilliseconds);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(32), fence.Evidence.Witnesses);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(36), fence.Evidence.Servers);
        name.CopyTo(record, NameAt);
        return record;
    }

    /// <summary>Whether a record that was read is an acknowledgement.</summary>
    public static bool IsAcknowledgement(ReadOnlySpan<byte> source) => source[AcknowledgementAt] != 0;

    /// <summary>Reads it; null when it is none.</summary>
    public static GenerationFence? Read(ReadOnlySpan<byte> source)
    {
        const long MaxMilliseconds = 253_402_300_799_999; // the year 9999
        var at = source.Length < NameAt ? -1 : BinaryPrimitives.ReadInt64LittleEndian(source[16..]);
        var silent = source.Length < NameAt ? -1 : BinaryPrimitives.ReadInt64LittleEndian(source[24..]);
        if (at is < 0 or > MaxMilliseconds || silent is < 0 or > int.MaxValue)
        {
            return null;
        }

        var generation = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        var evidence = new FireEvidence(
            (FireReason)source[12],
            generation,
            TimeSpan.FromMilliseconds(silent),
            BinaryPrimitives.ReadInt32LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[36..]));
        return new GenerationFence(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            generation,
            Encoding.UTF8.GetString(source[NameAt..]),
            DateTimeOffset.FromUnixTimeMilliseconds(at),
            evidence);
    }
}
