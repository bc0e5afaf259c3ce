using System.Numerics;
using System.Runtime.CompilerServices;

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

    private static ReadOnlySpan<uint> RoundConstants =>
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
    /// <param name="schedule">64 words; the first 16 hold the block, the others are overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, uint* schedule)
    {
        for (var t = BlockWords; t < ScheduleWords; t++)
        {
            schedule[t] = SmallSigma1(schedule[t - 2]) + schedule[t - 7] + SmallSigma0(schedule[t - 15]) + schedule[t - 16];
        }

        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        fixed (uint* constants = RoundConstants)
        {
            // Eight rounds a turn, so that the rotation of the eight variables is a renaming.
            for (var t = 0; t < ScheduleWords; t += 8)
            {
                Round(a, b, c, ref d, e, f, g, ref h, constants[t] + schedule[t]);
                Round(h, a, b, ref c, d, e, f, ref g, constants[t + 1] + schedule[t + 1]);
                Round(g, h, a, ref b, c, d, e, ref f, constants[t + 2] + schedule[t + 2]);
                Round(f, g, h, ref a, b, c, d, ref e, constants[t + 3] + schedule[t + 3]);
                Round(e, f, g, ref h, a, b, c, ref d, constants[t + 4] + schedule[t + 4]);
                Round(d, e, f, ref g, h, a, b, ref c, constants[t + 5] + schedule[t + 5]);
                Round(c, d, e, ref f, g, h, a, ref b, constants[t + 6] + schedule[t + 6]);
                Round(b, c, d, ref e, f, g, h, ref a, constants[t + 7] + schedule[t + 7]);
            }
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint constantAndWord)
    {
        var t1 = h + BigSigma1(e) + (g ^ (e & (f ^ g))) + constantAndWord;
        d += t1;
        h = t1 + BigSigma0(a) + ((a & b) | (c & (a | b)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BigSigma0(uint x) => BitOperations.RotateRight(x, 2) ^ BitOperations.RotateRight(x, 13) ^ BitOperations.RotateRight(x, 22);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BigSigma1(uint x) => BitOperations.RotateRight(x, 6) ^ BitOperations.RotateRight(x, 11) ^ BitOperations.RotateRight(x, 25);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SmallSigma0(uint x) => BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SmallSigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ (x >> 10);
}
