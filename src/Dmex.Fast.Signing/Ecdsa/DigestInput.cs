using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// The digest as RFC 6979 reads it: eight big-endian words, a stride apart. The one place that writes and checks a nonce's input.
/// </summary>
internal static unsafe class DigestInput
{
    /// <summary>Writes a digest modulo n (bits2octets).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Write(uint* words, int stride, in Scalar digest)
    {
        words[0] = (uint)(digest.W3 >> 32);
        words[1 * stride] = (uint)digest.W3;
        words[2 * stride] = (uint)(digest.W2 >> 32);
        words[3 * stride] = (uint)digest.W2;
        words[4 * stride] = (uint)(digest.W1 >> 32);
        words[5 * stride] = (uint)digest.W1;
        words[6 * stride] = (uint)(digest.W0 >> 32);
        words[7 * stride] = (uint)digest.W0;
    }

    /// <summary>
    /// 0 when the words are a digest's. Asked after a nonce was made from them: a nonce made from other words is another digest's, and
    /// one nonce for two digests gives the key away, in two signatures that both verify.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Difference(uint* words, int stride, in Scalar digest) =>
        (digest.W3 ^ Join(words[0], words[1 * stride])) | (digest.W2 ^ Join(words[2 * stride], words[3 * stride]))
        | (digest.W1 ^ Join(words[4 * stride], words[5 * stride])) | (digest.W0 ^ Join(words[6 * stride], words[7 * stride]));

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Join(uint high, uint low) => ((ulong)high << 32) | low;
}
