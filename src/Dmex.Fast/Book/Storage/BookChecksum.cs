using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book.Storage;

/// <summary>CRC-32C (Castagnoli) over what a slot holds. It finds torn writes, not forgeries.</summary>
internal static class BookChecksum
{
    /// <summary>Of bytes, continued from a value; begin with <see cref="uint.MaxValue"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint from = uint.MaxValue)
    {
        var crc = from;
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

    /// <summary>Of a frame and its order; <see cref="InSlot"/> completes it.</summary>
    public static uint OfFrame(ReadOnlySpan<byte> frame, in OrderHash hash) => Of(hash.AsSpan(), Of(frame));

    /// <summary>Ties a checksum to a slot and a generation, so that what belongs elsewhere is not taken for good.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint InSlot(uint crc, int slot, uint generation) =>
        BitOperations.Crc32C(crc, ((ulong)generation << 32) | (uint)slot);

    /// <summary>Of a tag record.</summary>
    public static uint OfTag(ulong tag, uint priority, int slot, uint generation) =>
        InSlot(BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, tag), priority), slot, generation);
}
