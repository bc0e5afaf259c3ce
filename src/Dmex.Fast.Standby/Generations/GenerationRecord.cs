using System.Buffers.Binary;
using System.Text;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>
/// In the stream: an engine claims a generation, for the orders of an account at a venue:
/// <code>
/// record = generation (4) acknowledged (4) ttl in milliseconds (4) account (20) length (4) endpoint (UTF-8)
/// </code>
/// </summary>
/// <param name="Generation">From 1, never used before.</param>
/// <param name="Acknowledged">The highest fenced generation, which was reconciled: what it armed is forgotten.</param>
/// <param name="Account">Whose orders.</param>
/// <param name="Endpoint">Where they are.</param>
/// <param name="Ttl">The silence after which the engine expects to be fired; whole milliseconds.</param>
internal sealed record GenerationRecord(uint Generation, uint Acknowledged, EthereumAddress Account, string Endpoint, TimeSpan Ttl)
{
    private const int AccountAt = 12;
    private const int LengthAt = AccountAt + EthereumAddress.Size;
    private const int HeaderSize = LengthAt + 4;

    /// <summary>Writes it.</summary>
    public byte[] Write()
    {
        var endpoint = Encoding.UTF8.GetBytes(Endpoint);
        var record = new byte[HeaderSize + endpoint.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Acknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), (uint)Ttl.TotalMilliseconds);
        Account.AsSpan().CopyTo(record.AsSpan(AccountAt));
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(LengthAt), endpoint.Length);
        endpoint.CopyTo(record, HeaderSize);
        return record;
    }

    /// <summary>Reads it; null when it is none.</summary>
    public static GenerationRecord? Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderSize
            || BinaryPrimitives.ReadInt32LittleEndian(source[LengthAt..]) != source.Length - HeaderSize)
        {
            return null;
        }

        return new GenerationRecord(
            BinaryPrimitives.ReadUInt32LittleEndian(source),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            new EthereumAddress(source.Slice(AccountAt, EthereumAddress.Size)),
            Encoding.UTF8.GetString(source[HeaderSize..]),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(source[8..])));
    }
}
