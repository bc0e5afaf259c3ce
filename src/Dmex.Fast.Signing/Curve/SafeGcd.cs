using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// Constant-time modular inverse by divsteps: Bernstein and Yang, "Fast constant-time gcd computation and modular
/// inversion" (2019), in the form explained in libsecp256k1's doc/safegcd_implementation.md (sections 1 to 6).
/// </summary>
/// <remarks>
/// With zeta = -(delta + 1/2) and zeta = -1 at the start, 590 divsteps bring g to 0 for every modulus below 2^256 and
/// every input: ten rounds of 59. A round runs 59 divsteps on the low 64 bits of f and g, which yields a transition matrix
/// t (scaled by 2^62), and then applies t / 2^62 to (f, g) exactly and to (d, e) modulo the modulus.
/// </remarks>
internal static unsafe class SafeGcd
{
    private const int Rounds = 10;
    private const int StepsPerRound = 59;
    private const long Mask = (long)Signed62.LimbMask;

    /// <summary>value := value^-1 mod modulus, and 0 for 0.</summary>
    /// <param name="value">In [0, modulus).</param>
    /// <param name="modulus">Odd, below 2^256.</param>
    /// <param name="modulusInverse">modulus^-1 mod 2^62.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(ref Signed62 value, in Signed62 modulus, ulong modulusInverse)
    {
        Signed62 d = default;
        Signed62 e = default;
        e.Limb[0] = 1;
        var f = modulus;
        var g = value;
        var zeta = -1L;
        Unsafe.SkipInit(out Transition t);
        fixed (Signed62* m = &modulus)
        {
            for (var round = 0; round < Rounds; round++)
            {
                zeta = DivSteps(
                    zeta, (ulong)f.Limb[0] | ((ulong)f.Limb[1] << 62), (ulong)g.Limb[0] | ((ulong)g.Limb[1] << 62), &t);
                UpdateDE(&d, &e, &t, m, modulusInverse);
                UpdateFG(&f, &g, &t, Signed62.Count);
            }

            // g is 0 and f is ±gcd = ±1 now (for value 0: f = ±modulus, d = 0); the inverse is d with f's sign.
            Normalize(&d, f.Limb[4], m);
        }

        value = d;
        ConstantTime.Wipe(ref d);
        ConstantTime.Wipe(ref e);
        ConstantTime.Wipe(ref f);
        ConstantTime.Wipe(ref g);
        ConstantTime.Wipe(ref t);
    }

    /// <summary>59 divsteps on the low bits; returns the new zeta. The matrix starts at 8 · I, so it ends scaled by 2^62.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long DivSteps(long zeta, ulong f, ulong g, Transition* t)
    {
        ulong u = 8, v = 0, q = 0, r = 8;
        for (var i = 0; i < StepsPerRound; i++)
        {
            var zetaNegative = (ulong)(zeta >> 63);
            var gOdd = ConstantTime.MaskOfBit(g);

            // g, q, r += ±(f, u, v) if g is odd; minus where zeta is negative.
            var x = (f ^ zetaNegative) - zetaNegative;
            var y = (u ^ zetaNegative) - zetaNegative;
            var z = (v ^ zetaNegative) - zetaNegative;
            g += x & gOdd;
            q += y & gOdd;
            r += z & gOdd;

            // If both, swap: zeta := -zeta - 2 (else zeta - 1), and f, u, v += the new g, q, r.
            var swap = zetaNegative & gOdd;
            zeta = (zeta ^ (long)swap) - 1;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g >>= 1;
            u <<= 1;
            v <<= 1;
        }

        t->U = (long)u;
        t->V = (long)v;
        t->Q = (long)q;
        t->R = (long)r;
        return zeta;
    }

    /// <summary>(f, g) := t · (f, g) / 2^62 for so many limbs; the division is exact.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void UpdateFG(Signed62* f, Signed62* g, Transition* t, int length)
    {
        long u = t->U, v = t->V, q = t->Q, r = t->R;
        ulong fLow = 0, gLow = 0;
        long fHigh = 0, gHigh = 0;
        for (var i = 0; i < length; i++)
        {
            long fi = f->Limb[i], gi = g->Limb[i];
            MultiplyAdd(ref fLow, ref fHigh, u, fi);
            MultiplyAdd(ref fLow, ref fHigh, v, gi);
            MultiplyAdd(ref gLow, ref gHigh, q, fi);
            MultiplyAdd(ref gLow, ref gHigh, r, gi);
            if (i > 0)
            {
                f->Limb[i - 1] = (long)fLow & Mask;
                g->Limb[i - 1] = (long)gLow & Mask;
            }

            ShiftDown(ref fLow, ref fHigh);
            ShiftDown(ref gLow, ref gHigh);
        }

        f->Limb[length - 1] = (long)fLow;
        g->Limb[length - 1] = (long)gLow;
    }

    /// <summary>(d, e) := t · (d, e) / 2^62 mod modulus; both stay in (-2 · modulus, modulus).</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void UpdateDE(Signed62* d, Signed62* e, Transition* t, Signed62* modulus, ulong modulusInverse)
    {
        long u = t->U, v = t->V, q = t->Q, r = t->R;
        long d0 = d->Limb[0], e0 = e->Limb[0];
        ulong dLow = 0, eLow = 0;
        long dHigh = 0, eHigh = 0;
        MultiplyAdd(ref dLow, ref dHigh, u, d0);
        MultiplyAdd(ref dLow, ref dHigh, v, e0);
        MultiplyAdd(ref eLow, ref eHigh, q, d0);
        MultiplyAdd(ref eLow, ref eHigh, r, e0);

        // Multiples of the modulus: one to bring negative d, e up by the modulus, then what clears the low 62 bits.
        long dNegative = d->Limb[4] >> 63, eNegative = e->Limb[4] >> 63;
        var md = (u & dNegative) + (v & eNegative);
        var me = (q & dNegative) + (r & eNegative);
        md -= (long)(((modulusInverse * dLow) + (ulong)md) & Signed62.LimbMask);
        me -= (long)(((modulusInverse * eLow) + (ulong)me) & Signed62.LimbMask);
        MultiplyAdd(ref dLow, ref dHigh, md, modulus->Limb[0]);
        MultiplyAdd(ref eLow, ref eHigh, me, modulus->Limb[0]);
        ShiftDown(ref dLow, ref dHigh);
        ShiftDown(ref eLow, ref eHigh);

        for (var i = 1; i < Signed62.Count; i++)
        {
            long di = d->Limb[i], ei = e->Limb[i];
            MultiplyAdd(ref dLow, ref dHigh, u, di);
            MultiplyAdd(ref dLow, ref dHigh, v, ei);
            MultiplyAdd(ref eLow, ref eHigh, q, di);
            MultiplyAdd(ref eLow, ref eHigh, r, ei);
            MultiplyAdd(ref dLow, ref dHigh, md, modulus->Limb[i]);
            MultiplyAdd(ref eLow, ref eHigh, me, modulus->Limb[i]);
            d->Limb[i - 1] = (long)dLow & Mask;
            e->Limb[i - 1] = (long)eLow & Mask;
            ShiftDown(ref dLow, ref dHigh);
            ShiftDown(ref eLow, ref eHigh);
        }

        d->Limb[Signed62.Count - 1] = (long)dLow;
        e->Limb[Signed62.Count - 1] = (long)eLow;
    }

    /// <summary>
    /// Brings a value in (-2 · modulus, modulus) to [0, modulus), negated first where <paramref name="sign"/> is negative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Normalize(Signed62* a, long sign, Signed62* modulus)
    {
        AddIfNegative(a, modulus);
        var negate = sign >> 63;
        for (var i = 0; i < Signed62.Count; i++)
        {
            a->Limb[i] = (a->Limb[i] ^ negate) - negate;
        }

        Carry(a);
        AddIfNegative(a, modulus);
        Carry(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddIfNegative(Signed62* a, Signed62* modulus)
    {
        var mask = a->Limb[4] >> 63;
        for (var i = 0; i < Signed62.Count; i++)
        {
            a->Limb[i] += modulus->Limb[i] & mask;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Signed62* a)
    {
        for (var i = 0; i < Signed62.Count - 1; i++)
        {
            a->Limb[i + 1] += a->Limb[i] >> 62;
            a->Limb[i] &= Mask;
        }
    }

    /// <summary>(high, low) += left · right, signed 128 bits.</summary>
    /// <remarks>The unsigned upper word is too large by right where left is negative, and by left where right is.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(ref ulong low, ref long high, long left, long right)
    {
        var productHigh = (long)ConstantTime.MultiplyHigh((ulong)left, (ulong)right) - ((left >> 63) & right) - ((right >> 63) & left);
        var productLow = (ulong)(left * right);
        low += productLow;
        high += productHigh + (long)ConstantTime.Less(low, productLow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ShiftDown(ref ulong low, ref long high)
    {
        low = (low >> 62) | ((ulong)high << 2);
        high >>= 62;
    }

    /// <summary>The matrix (u v; q r) of a round, scaled by 2^62.</summary>
    internal struct Transition
    {
        public long U;
        public long V;
        public long Q;
        public long R;
    }
}
