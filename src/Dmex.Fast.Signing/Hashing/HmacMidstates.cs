using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// HMAC-SHA-256 (RFC 2104) with the two key blocks absorbed: a message costs only its own blocks. Works on words,
/// big-endian as SHA-256 reads them, in memory that the caller owns and wipes. Keys have 32 bytes (8 words).
/// </summary>
internal static unsafe class HmacMidstates
{
    private const uint InnerPad = 0x36363636;
    private const uint OuterPad = 0x5c5c5c5c;

    /// <summary>Absorbs the key blocks: inner := compress(H0, key ⊕ ipad), outer := compress(H0, key ⊕ opad).</summary>
    /// <param name="key">8 words.</param>
    /// <param name="inner">8 words, written.</param>
    /// <param name="outer">8 words, written.</param>
    /// <param name="schedule">64 words of scratch; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Absorb(uint* key, uint* inner, uint* outer, uint* schedule)
    {
        AbsorbPadded(key, InnerPad, inner, schedule);
        AbsorbPadded(key, OuterPad, outer, schedule);
    }

    /// <summary>Ends an HMAC: result := compress(outer, inner digest ‖ padding for 64 + 32 bytes).</summary>
    /// <param name="innerDigest">8 words: the finished inner hash.</param>
    /// <param name="outer">8 words: the outer midstate; kept.</param>
    /// <param name="result">8 words, written; may be <paramref name="innerDigest"/>.</param>
    /// <param name="schedule">64 words of scratch; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(uint* innerDigest, uint* outer, uint* result, uint* schedule)
    {
        Copy(innerDigest, schedule);
        PadAfter32Bytes(schedule);
        Copy(outer, result);
        Sha256.Compress(result, schedule);
    }

    /// <summary>result := HMAC(message) for a message of 32 bytes.</summary>
    /// <param name="message">8 words.</param>
    /// <param name="inner">8 words: the inner midstate; kept.</param>
    /// <param name="outer">8 words: the outer midstate; kept.</param>
    /// <param name="result">8 words, written; may be <paramref name="message"/>.</param>
    /// <param name="schedule">64 words of scratch; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Hash32Bytes(uint* message, uint* inner, uint* outer, uint* result, uint* schedule)
    {
        Copy(message, schedule);
        PadAfter32Bytes(schedule);
        Copy(inner, result);
        Sha256.Compress(result, schedule);
        Finish(result, outer, result, schedule);
    }

    /// <summary>Copies 8 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Copy(uint* source, uint* destination) => Unsafe.CopyBlockUnaligned(destination, source, 32);

    /// <summary>Words 8 to 15 of the last block of a hash over one key block (64 bytes) and 32 bytes more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PadAfter32Bytes(uint* block)
    {
        block[8] = 0x80000000;
        for (var i = 9; i < 15; i++)
        {
            block[i] = 0;
        }

        block[15] = (64 + 32) * 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AbsorbPadded(uint* key, uint pad, uint* state, uint* schedule)
    {
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            schedule[i] = key[i] ^ pad;
            schedule[i + Sha256.StateWords] = pad;
            state[i] = Sha256.InitialState[i];
        }

        Sha256.Compress(state, schedule);
    }
}
