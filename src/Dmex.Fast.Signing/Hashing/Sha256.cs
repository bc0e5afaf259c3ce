using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// The SHA-256 compression function (FIPS 180-4, section 6.2.2) on words, for HMAC over secrets: fixed time, and its whole
/// working memory is the caller's, who wipes it.
/// </summary>
internal static unsafe class Sha256
{
    /// <summary>Words of a chaining state.</summary>
    public const int StateWords = 8;

    /// <summary>Words of a block.</summary>
    public const int BlockWords = 16;

    /// <summary>Words of a message schedule; the first 16 are the block.</summary>
    public const int ScheduleWords = 64;

    /// <summary>H(0), FIPS 180-4, section 5.3.3.</summary>
    public static ReadOnlySpan<uint> InitialState =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    internal static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>state := compress(state, block).</summary>
    /// <param name="state">8 words.</param>
    /// <param name="schedule">64 words; the first 16 hold the block. All are overwritten.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, uint* schedule)
    {
        Expand(schedule);
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        var bc = b ^ c;

        // Eight rounds a turn, so that the rotation of the eight variables is a renaming.
        for (var t = 0; t < ScheduleWords; t += 8)
        {
            Round(a, b, ref d, e, f, g, ref h, schedule[t], ref bc);
            Round(h, a, ref c, d, e, f, ref g, schedule[t + 1], ref bc);
            Round(g, h, ref b, c, d, e, ref f, schedule[t + 2], ref bc);
            Round(f, g, ref a, b, c, d, ref e, schedule[t + 3], ref bc);
            Round(e, f, ref h, a, b, c, ref d, schedule[t + 4], ref bc);
            Round(d, e, ref g, h, a, b, ref c, schedule[t + 5], ref bc);
            Round(c, d, ref f, g, h, a, ref b, schedule[t + 6], ref bc);
            Round(b, c, ref e, f, g, h, ref a, schedule[t + 7], ref bc);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>One round; word is W[t] + K[t].</summary>
    /// <remarks>maj(a, b, c) = b ⊕ ((a ⊕ b) ∧ (b ⊕ c)), and a ⊕ b is the next round's b ⊕ c.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, ref uint d, uint e, uint f, uint g, ref uint h, uint word, ref uint bc)
    {
        h += word;
        h += g ^ (e & (f ^ g));
        h += BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
        d += h;
        var ab = a ^ b;
        h += b ^ (ab & bc);
        h += BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
        bc = ab;
    }

    /// <summary>From the block in words 0 to 15: every word becomes W[t] + K[t].</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand(uint* schedule)
    {
        fixed (uint* constants = RoundConstants)
        {
            if (Ssse3.IsSupported)
            {
                ExpandVector(schedule, constants);
            }
            else
            {
                ExpandScalar(schedule, constants);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandScalar(uint* schedule, uint* constants)
    {
        for (var t = BlockWords; t < ScheduleWords; t++)
        {
            uint x = schedule[t - 15], y = schedule[t - 2];
            schedule[t] = schedule[t - 16] + schedule[t - 7]
                + (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
        }

        for (var t = 0; t < ScheduleWords; t++)
        {
            schedule[t] += constants[t];
        }
    }

    /// <summary>Four words at a time; the last 16 stay in four vectors, named by their distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandVector(uint* schedule, uint* constants)
    {
        var w16 = Vector128.Load(schedule);
        var w12 = Vector128.Load(schedule + 4);
        var w8 = Vector128.Load(schedule + 8);
        var w4 = Vector128.Load(schedule + 12);
        (w16 + Vector128.Load(constants)).Store(schedule);
        (w12 + Vector128.Load(constants + 4)).Store(schedule + 4);
        (w8 + Vector128.Load(constants + 8)).Store(schedule + 8);
        (w4 + Vector128.Load(constants + 12)).Store(schedule + 12);
        for (var t = BlockWords; t < ScheduleWords; t += 16)
        {
            Extend(ref w16, w12, w8, w4, schedule + t, constants + t);
            Extend(ref w12, w8, w4, w16, schedule + t + 4, constants + t + 4);
            Extend(ref w8, w4, w16, w12, schedule + t + 8, constants + t + 8);
            Extend(ref w4, w16, w12, w8, schedule + t + 12, constants + t + 12);
        }
    }

    /// <summary>
    /// The next four words replace the oldest. Words t and t + 1 take sigma1 of the last two before them; words t + 2 and
    /// t + 3 take sigma1 of the first two just made.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Extend(
        ref Vector128<uint> w16, Vector128<uint> w12, Vector128<uint> w8, Vector128<uint> w4, uint* destination, uint* constants)
    {
        var x = Ssse3.AlignRight(w12, w16, 4);
        w16 += Ssse3.AlignRight(w4, w8, 4);
        w16 += RotateRight7(x) ^ RotateRight18(x) ^ (x >>> 3);
        x = Sse2.ShiftRightLogical128BitLane(w4, 8);
        w16 += RotateRight17(x) ^ RotateRight19(x) ^ (x >>> 10);
        x = Sse2.ShiftLeftLogical128BitLane(w16, 8);
        w16 += RotateRight17(x) ^ RotateRight19(x) ^ (x >>> 10);
        (w16 + Vector128.Load(constants)).Store(destination);
    }

    // Literal counts, since an immediate that arrives through a parameter turns the intrinsic into a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight7(Vector128<uint> x) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, 7) : (x >>> 7) | (x << 25);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight17(Vector128<uint> x) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, 17) : (x >>> 17) | (x << 15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight18(Vector128<uint> x) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, 18) : (x >>> 18) | (x << 14);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight19(Vector128<uint> x) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, 19) : (x >>> 19) | (x << 13);
}
