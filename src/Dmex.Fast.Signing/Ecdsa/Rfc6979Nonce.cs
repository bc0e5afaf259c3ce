using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// The nonce of deterministic ECDSA (RFC 6979, section 3.2) with HMAC-SHA-256 on a 256-bit order: 15 compressions for the
/// first candidate, since the midstates that depend on the key alone are kept with it. Constant time; works in the
/// caller's <see cref="SignerWorkspace"/>.
/// </summary>
internal static unsafe class Rfc6979Nonce
{
    /// <summary>
    /// Fills in the midstates of the first HMAC: K0 is 32 zeros, V0 is 32 times 0x01, and the block after the key block is V0 ‖ 0x00 ‖
    /// d[0..30].
    /// </summary>
    /// <param name="key">Its <see cref="KeyMaterial.Words"/> are set.</param>
    /// <param name="schedule">64 words of scratch, left with a secret in them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PrepareKey(KeyMaterial* key, uint* schedule)
    {
        var zeros = stackalloc uint[Sha256.StateWords];
        new Span<uint>(zeros, Sha256.StateWords).Clear();
        HmacMidstates.Absorb(zeros, key->FirstInner, key->FirstOuter, schedule);
        FillWithOnes(schedule);
        AppendSeparatorAndKey(schedule, 0x00, key);
        Sha256.Compress(key->FirstInner, schedule);
    }

    /// <summary>Steps b to g: leaves K and V for the first candidate. The workspace's digest words are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin(SignerWorkspace* w, KeyMaterial* key)
    {
        // K1 = HMAC(K0, V0 ‖ 0x00 ‖ d ‖ z)
        HmacMidstates.Copy(key->FirstInner, w->HmacKey);
        AbsorbKeyTailAndDigest(w, key, w->HmacKey);
        HmacMidstates.Finish(w->HmacKey, key->FirstOuter, w->HmacKey, w->Schedule);
        HmacMidstates.Absorb(w->HmacKey, w->Inner, w->Outer, w->Schedule);

        // V1 = HMAC(K1, V0)
        FillWithOnes(w->V);
        HmacMidstates.Hash32Bytes(w->V, w->Inner, w->Outer, w->V, w->Schedule);

        // K2 = HMAC(K1, V1 ‖ 0x01 ‖ d ‖ z)
        HmacMidstates.Copy(w->V, w->Schedule);
        AppendSeparatorAndKey(w->Schedule, 0x01, key);
        HmacMidstates.Copy(w->Inner, w->HmacKey);
        Sha256.Compress(w->HmacKey, w->Schedule);
        AbsorbKeyTailAndDigest(w, key, w->HmacKey);
        HmacMidstates.Finish(w->HmacKey, w->Outer, w->HmacKey, w->Schedule);
        HmacMidstates.Absorb(w->HmacKey, w->Inner, w->Outer, w->Schedule);

        // V2 = HMAC(K2, V1)
        HmacMidstates.Hash32Bytes(w->V, w->Inner, w->Outer, w->V, w->Schedule);
    }

    /// <summary>Step h: the next candidate into the workspace's nonce; false when it is 0 or n or more, and not to be used.</summary>
    /// <remarks>The result is public: a candidate is refused about once in 2^128 signatures.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryNext(SignerWorkspace* w)
    {
        HmacMidstates.Hash32Bytes(w->V, w->Inner, w->Outer, w->V, w->Schedule);
        return TryRead(w);
    }

    /// <summary>The nonce := V; false when it is 0 or n or more. On its own for tests: no hash is known that gives such a V.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static bool TryRead(SignerWorkspace* w)
    {
        var overflow = Scalar.FromWords(
            out w->Nonce, Join(w->V[6], w->V[7]), Join(w->V[4], w->V[5]), Join(w->V[2], w->V[3]), Join(w->V[0], w->V[1]));
        return (overflow | w->Nonce.IsZeroMask()) == 0;
    }

    /// <summary>After a refused candidate: K = HMAC(K, V ‖ 0x00), V = HMAC(K, V).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Advance(SignerWorkspace* w)
    {
        HmacMidstates.Copy(w->V, w->Schedule);
        w->Schedule[8] = 0x00800000; // the byte 0x00 and the padding's first
        EndBlock(w->Schedule, 64 + 33);
        HmacMidstates.Copy(w->Inner, w->HmacKey);
        Sha256.Compress(w->HmacKey, w->Schedule);
        HmacMidstates.Finish(w->HmacKey, w->Outer, w->HmacKey, w->Schedule);
        HmacMidstates.Absorb(w->HmacKey, w->Inner, w->Outer, w->Schedule);
        HmacMidstates.Hash32Bytes(w->V, w->Inner, w->Outer, w->V, w->Schedule);
    }

    /// <summary>state := compress(state, d[31] ‖ z ‖ padding for 64 + 97 bytes).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AbsorbKeyTailAndDigest(SignerWorkspace* w, KeyMaterial* key, uint* state)
    {
        var previous = key->Words[7];
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            var word = w->DigestWords[i];
            w->Schedule[i] = (previous << 24) | (word >> 8);
            previous = word;
        }

        w->Schedule[8] = (previous << 24) | 0x00800000;
        EndBlock(w->Schedule, 64 + 97);
        Sha256.Compress(state, w->Schedule);
    }

    /// <summary>Words 8 to 15 of a block: the separator byte and d[0..30].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AppendSeparatorAndKey(uint* block, uint separator, KeyMaterial* key)
    {
        var previous = separator;
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            var word = key->Words[i];
            block[Sha256.StateWords + i] = (previous << 24) | (word >> 8);
            previous = word;
        }
    }

    /// <summary>Words 9 to 15 of a last block: zeros, and the length of everything hashed in bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void EndBlock(uint* block, uint totalBytes)
    {
        for (var i = 9; i < 15; i++)
        {
            block[i] = 0;
        }

        block[15] = totalBytes * 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FillWithOnes(uint* words)
    {
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            words[i] = 0x01010101;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Join(uint high, uint low) => ((ulong)high << 32) | low;
}
