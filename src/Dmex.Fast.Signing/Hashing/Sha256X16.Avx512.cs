using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>The SHA-256 compression function on sixteen messages at once; see <see cref="Sha256"/>. AVX-512F.</summary>
internal static unsafe class Sha256X16
{
    /// <summary>state := compress(state, block), sixteen times.</summary>
    /// <param name="state">8 vectors: word i of the sixteen states, one state an element.</param>
    /// <param name="schedule">16 vectors that hold the blocks, in the same way; overwritten.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Vector512<uint>* state, Vector512<uint>* schedule)
    {
        Vector512<uint> a = state[0], b = state[1], c = state[2], d = state[3];
        Vector512<uint> e = state[4], f = state[5], g = state[6], h = state[7];
        fixed (uint* constants = Sha256.RoundConstants)
        {
            for (var t = 0; t < Sha256.ScheduleWords; t += 16)
            {
                Round(a, b, c, ref d, e, f, g, ref h, schedule[0], constants[t + 0]);
                Round(h, a, b, ref c, d, e, f, ref g, schedule[1], constants[t + 1]);
                Round(g, h, a, ref b, c, d, e, ref f, schedule[2], constants[t + 2]);
                Round(f, g, h, ref a, b, c, d, ref e, schedule[3], constants[t + 3]);
                Round(e, f, g, ref h, a, b, c, ref d, schedule[4], constants[t + 4]);
                Round(d, e, f, ref g, h, a, b, ref c, schedule[5], constants[t + 5]);
                Round(c, d, e, ref f, g, h, a, ref b, schedule[6], constants[t + 6]);
                Round(b, c, d, ref e, f, g, h, ref a, schedule[7], constants[t + 7]);
                Round(a, b, c, ref d, e, f, g, ref h, schedule[8], constants[t + 8]);
                Round(h, a, b, ref c, d, e, f, ref g, schedule[9], constants[t + 9]);
                Round(g, h, a, ref b, c, d, e, ref f, schedule[10], constants[t + 10]);
                Round(f, g, h, ref a, b, c, d, ref e, schedule[11], constants[t + 11]);
                Round(e, f, g, ref h, a, b, c, ref d, schedule[12], constants[t + 12]);
                Round(d, e, f, ref g, h, a, b, ref c, schedule[13], constants[t + 13]);
                Round(c, d, e, ref f, g, h, a, ref b, schedule[14], constants[t + 14]);
                Round(b, c, d, ref e, f, g, h, ref a, schedule[15], constants[t + 15]);
                if (t < Sha256.ScheduleWords - 16)
                {
                    Extend(schedule);
                }
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

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Round(
        Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, ref Vector512<uint> d,
        Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, ref Vector512<uint> h, Vector512<uint> word, uint constant)
    {
        // Ternary tables: 0x96 a ⊕ b ⊕ c, 0xCA ch, 0xE8 maj.
        h += Avx512F.TernaryLogic(Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25), 0x96)
            + Avx512F.TernaryLogic(e, f, g, 0xCA) + (word + Vector512.Create(constant));
        d += h;
        h += Avx512F.TernaryLogic(Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22), 0x96)
            + Avx512F.TernaryLogic(a, b, c, 0xE8);
    }

    /// <summary>The next sixteen words of the schedule replace the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Extend(Vector512<uint>* schedule)
    {
        for (var i = 0; i < Sha256.BlockWords; i++)
        {
            var x = schedule[(i + 1) & 15];
            var y = schedule[(i + 14) & 15];
            schedule[i] += schedule[(i + 9) & 15]
                + Avx512F.TernaryLogic(Avx512F.RotateRight(x, 7), Avx512F.RotateRight(x, 18), x >>> 3, 0x96)
                + Avx512F.TernaryLogic(Avx512F.RotateRight(y, 17), Avx512F.RotateRight(y, 19), y >>> 10, 0x96);
        }
    }
}
