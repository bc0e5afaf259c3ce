using System.Numerics;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Book.Storage;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4, without the final inversion). Finds torn writes, not forgeries.</summary>
internal static class BookChecksum
{
    /// <summary>The checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i < words.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, words[i]);
        }

        for (var i = words.Length * sizeof(ulong); i < bytes.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, bytes[i]);
        }

        return crc;
    }
}
