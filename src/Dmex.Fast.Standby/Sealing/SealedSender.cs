using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dmex.Fast.Standby.Sealing;

/// <summary>
/// One life of a sender, which has a key of its own. The session is random: so a key is new even where a cluster lost its generations
/// and one is claimed twice, and no sequence is used twice under one key.
/// </summary>
/// <param name="Role">What it is.</param>
/// <param name="Generation">Of the engine; 0 for others.</param>
/// <param name="Id">Of its name: see <see cref="IdOf"/>.</param>
/// <param name="Session">Random.</param>
internal readonly record struct SealedSender(SenderRole Role, uint Generation, ulong Id, ulong Session)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 24;

    /// <summary>The first eight bytes of the SHA-256 of a name.</summary>
    public static ulong IdOf(string name) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Writes <c>role (1) 0 (3) generation (4) id (8) session (8)</c>, little-endian.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)Role);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Id);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Session);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static SealedSender Read(ReadOnlySpan<byte> source) => new(
        (SenderRole)source[0],
        BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));
}
