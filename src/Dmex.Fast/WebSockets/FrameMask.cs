using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// out[i] = in[i] XOR key[(offset + i) mod 4] (RFC 6455 §5.3). Byte j of a key is (key &gt;&gt; 8j) &amp; 0xFF, on every
/// machine: the key on the wire, read as a little-endian number.
/// </summary>
internal static class FrameMask
{
    /// <summary>Masks in place. Masking twice with one key restores the data.</summary>
    public static void Apply(Span<byte> data, uint key, int offset = 0) => Apply(data, data, key, offset);

    /// <summary>
    /// Masks from <paramref name="source"/> to <paramref name="destination"/>, which must be as long and either the same memory or
    /// apart from it.
    /// </summary>
    /// <param name="source">The bytes to mask.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <param name="key">The masking key.</param>
    /// <param name="offset">The position of the first byte in the payload; only its two lowest bits count.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="source"/>.</exception>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key, int offset = 0)
    {
        if (destination.Length < source.Length)
        {
            throw new ArgumentException("The destination is shorter than the source.", nameof(destination));
        }

        // From here on the first byte takes byte 0 of the rotated key. Every step below is a multiple of four bytes.
        key = BitOperations.RotateRight(key, (offset & 3) * 8);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var length = source.Length;
        var i = 0;
        if (BitConverter.IsLittleEndian)
        {
            i = ApplyVectors(ref from, ref to, length, key);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref to, i) = (byte)(Unsafe.Add(ref from, i) ^ (key >> ((i & 3) * 8)));
        }
    }

    /// <summary>Masks as many bytes as fill vectors and words; returns how many, a multiple of four.</summary>
    private static int ApplyVectors(ref byte from, ref byte to, int length, uint key)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var mask = Vector512.Create(key).AsByte();
            for (; length - i >= Vector512<byte>.Count; i += Vector512<byte>.Count)
            {
                (Vector512.LoadUnsafe(ref from, (nuint)i) ^ mask).StoreUnsafe(ref to, (nuint)i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var mask = Vector256.Create(key).AsByte();
            for (; length - i >= Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                (Vector256.LoadUnsafe(ref from, (nuint)i) ^ mask).StoreUnsafe(ref to, (nuint)i);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            var mask = Vector128.Create(key).AsByte();
            for (; length - i >= Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                (Vector128.LoadUnsafe(ref from, (nuint)i) ^ mask).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; length - i >= sizeof(uint); i += sizeof(uint))
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, i)) ^ key);
        }

        return i;
    }
}
