using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// Modular inverse in variable time, for public values only: the divsteps of <see cref="SafeGcd"/>, many zeros at once and with
/// shrinking lengths, as in libsecp256k1's doc/safegcd_implementation.md, section 7 (modinv64_var). About two thirds of the time
/// of the constant-time one.
/// </summary>
internal static unsafe class VarTimeInverse
{
    private const int StepsPerRound = 62;

    /// <summary>value := value^-1 mod modulus, and 0 for 0.</summary>
    /// <param name="value">In [0, modulus). Public.</param>
    /// <param name="modulus">An odd prime below 2^256.</param>
    /// <param name="modulusInverse">modulus^-1 mod 2^62.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Invert(ref Signed62 value, in Signed62 modulus, ulong modulusInverse)
    {
        Signed62 d = default;
        Signed62 e = default;
        e.Limb[0] = 1;
        var f = modulus;
        var g = value;
        var eta = -1L;
        var length = Signed62.Count;
        Unsafe.SkipInit(out SafeGcd.Transition t);
        fixed (Signed62* m = &modulus)
        {
            do
            {
                eta = DivSteps(eta, (ulong)f.Limb[0] | ((ulong)f.Limb[1] << 62), (ulong)g.Limb[0] | ((ulong)g.Limb[1] << 62), &t);
                SafeGcd.UpdateDE(&d, &e, &t, m, modulusInverse);
                SafeGcd.UpdateFG(&f, &g, &t, length);
                length = Shorten(&f, &g, length);
            }
            while (!IsZero(&g, length));

            // f is ±1 now, and d the inverse with f's sign; for value 0, f = modulus and d = 0.
            SafeGcd.Normalize(&d, f.Limb[length - 1], m);
        }

        value = d;
    }

    /// <summary>62 divsteps on the low bits; returns the new eta. The matrix ends scaled by 2^62.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long DivSteps(long eta, ulong f, ulong g, SafeGcd.Transition* t)
    {
        ulong u = 1, v = 0, q = 0, r = 1;
        var left = StepsPerRound;
        while (true)
        {
            // A sentinel bit stops the count of zeros at the steps that are left.
            var zeros = BitOperations.TrailingZeroCount(g | (ulong.MaxValue << left));
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            eta -= zeros;
            left -= zeros;
            if (left == 0)
            {
                break;
            }

            // w · f clears up to six of g's low bits after a swap, else up to four: w = -g / f there, from f (f² - 2) = -1 / f
            // mod 2^6 and f + 2 ((f + 1) & 4) = 1 / f mod 2^4.
            ulong w;
            if (eta < 0)
            {
                eta = -eta;
                (f, g) = (g, 0 - f);
                (u, q) = (q, 0 - u);
                (v, r) = (r, 0 - v);
                w = f * g * ((f * f) - 2) & Mask(eta, left) & 63;
            }
            else
            {
                w = (0 - (f + (((f + 1) & 4) << 1))) * g & Mask(eta, left) & 15;
            }

            g += f * w;
            q += u * w;
            r += v * w;
        }

        t->U = (long)u;
        t->V = (long)v;
        t->Q = (long)q;
        t->R = (long)r;
        return eta;
    }

    /// <summary>As many low bits as steps may be taken before eta changes its sign, or the round ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(long eta, int left) => ulong.MaxValue >> (64 - Math.Min((int)eta + 1, left));

    /// <summary>Drops the top limb of f and g when both are no more than its sign.</summary>
    private static int Shorten(Signed62* f, Signed62* g, int length)
    {
        var fTop = f->Limb[length - 1];
        var gTop = g->Limb[length - 1];
        if (length < 2 || (fTop ^ (fTop >> 63)) != 0 || (gTop ^ (gTop >> 63)) != 0)
        {
            return length;
        }

        f->Limb[length - 2] |= fTop << 62;
        g->Limb[length - 2] |= gTop << 62;
        return length - 1;
    }

    private static bool IsZero(Signed62* g, int length)
    {
        var bits = 0L;
        for (var i = 0; i < length; i++)
        {
            bits |= g->Limb[i];
        }

        return bits == 0;
    }
}
