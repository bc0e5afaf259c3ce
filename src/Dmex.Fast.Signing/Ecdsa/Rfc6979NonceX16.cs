using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// The first RFC 6979 candidates of sixteen digests under one key; see <see cref="Rfc6979Nonce"/>. Constant time; works in
/// the caller's memory. AVX-512F.
/// </summary>
internal static unsafe class Rfc6979NonceX16
{
    public const int Lanes = NonceWorkspaceX16.Lanes;

    /// <summary>V := the first candidates for the digests.</summary>
    /// <param name="w">64-byte aligned; its digest words are set.</param>
    /// <param name="key">The key's words and first midstates.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Generate(NonceWorkspaceX16* w, KeyMaterial* key)
    {
        var digest = (Vector512<uint>*)&w->DigestWords;
        var v = (Vector512<uint>*)&w->V;
        var hmacKey = (Vector512<uint>*)&w->HmacKey;
        var inner = (Vector512<uint>*)&w->Inner;
        var outer = (Vector512<uint>*)&w->Outer;
        var block = (Vector512<uint>*)&w->Schedule;

        // K1 = HMAC(K0, V0 ‖ 0x00 ‖ d ‖ z), from the key's midstates
        Broadcast(key->FirstInner, hmacKey);
        AbsorbKeyTailAndDigest(hmacKey, digest, key, block);
        Broadcast(key->FirstOuter, outer);
        Finish(hmacKey, outer, hmacKey, block);
        AbsorbKey(hmacKey, inner, outer, block);

        // V1 = HMAC(K1, V0)
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            v[i] = Vector512.Create(0x01010101u);
        }

        Hash32Bytes(v, inner, outer, block);

        // K2 = HMAC(K1, V1 ‖ 0x01 ‖ d ‖ z)
        Copy(v, block);
        var previous = 1u;
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            block[Sha256.StateWords + i] = Vector512.Create((previous << 24) | (key->Words[i] >> 8));
            previous = key->Words[i];
        }

        Copy(inner, hmacKey);
        Sha256X16.Compress(hmacKey, block);
        AbsorbKeyTailAndDigest(hmacKey, digest, key, block);
        Finish(hmacKey, outer, hmacKey, block);
        AbsorbKey(hmacKey, inner, outer, block);

        // V2 = HMAC(K2, V1), and the candidate HMAC(K2, V2)
        Hash32Bytes(v, inner, outer, block);
        Hash32Bytes(v, inner, outer, block);
    }

    /// <summary>The same 8 words in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Broadcast(uint* words, Vector512<uint>* destination)
    {
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            destination[i] = Vector512.Create(words[i]);
        }
    }

    /// <summary>state := compress(state, d[31] ‖ z ‖ padding for 64 + 97 bytes).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AbsorbKeyTailAndDigest(Vector512<uint>* state, Vector512<uint>* digest, KeyMaterial* key, Vector512<uint>* block)
    {
        var previous = Vector512.Create(key->Words[7]);
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            block[i] = (previous << 24) | (digest[i] >>> 8);
            previous = digest[i];
        }

        block[8] = (previous << 24) | Vector512.Create(0x00800000u);
        EndBlock(block, 64 + 97);
        Sha256X16.Compress(state, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AbsorbKey(Vector512<uint>* key, Vector512<uint>* inner, Vector512<uint>* outer, Vector512<uint>* block)
    {
        AbsorbPadded(key, 0x36363636, inner, block);
        AbsorbPadded(key, 0x5c5c5c5c, outer, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AbsorbPadded(Vector512<uint>* key, uint pad, Vector512<uint>* state, Vector512<uint>* block)
    {
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            block[i] = key[i] ^ Vector512.Create(pad);
            block[i + Sha256.StateWords] = Vector512.Create(pad);
            state[i] = Vector512.Create(Sha256.InitialState[i]);
        }

        Sha256X16.Compress(state, block);
    }

    /// <summary>v := HMAC(v).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hash32Bytes(Vector512<uint>* v, Vector512<uint>* inner, Vector512<uint>* outer, Vector512<uint>* block)
    {
        Copy(v, block);
        PadAfter32Bytes(block);
        Copy(inner, v);
        Sha256X16.Compress(v, block);
        Finish(v, outer, v, block);
    }

    /// <summary>result := compress(outer, inner digest ‖ padding); result may be the inner digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(Vector512<uint>* innerDigest, Vector512<uint>* outer, Vector512<uint>* result, Vector512<uint>* block)
    {
        Copy(innerDigest, block);
        PadAfter32Bytes(block);
        Copy(outer, result);
        Sha256X16.Compress(result, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Copy(Vector512<uint>* source, Vector512<uint>* destination)
    {
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            destination[i] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PadAfter32Bytes(Vector512<uint>* block)
    {
        block[8] = Vector512.Create(0x80000000u);
        EndBlock(block, 64 + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void EndBlock(Vector512<uint>* block, uint totalBytes)
    {
        for (var i = 9; i < 15; i++)
        {
            block[i] = Vector512<uint>.Zero;
        }

        block[15] = Vector512.Create(totalBytes * 8);
    }
}
