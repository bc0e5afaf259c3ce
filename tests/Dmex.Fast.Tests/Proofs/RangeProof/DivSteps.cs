using System.Numerics;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// Divsteps on numbers, as in libsecp256k1's doc/safegcd_implementation.md, section 3, written with branches; and what they
/// do to the size of the transition matrix.
/// </summary>
internal static class DivSteps
{
    /// <summary>The matrix (u v; q r) of a round, or the bounds of one; RowNorm bounds |u| + |v| and |q| + |r|.</summary>
    public sealed record Matrix(Interval U, Interval V, Interval Q, Interval R, BigInteger RowNorm)
    {
        /// <summary>u · x + v · y: at most the row's norm times the larger in size, which intervals alone would not tell.</summary>
        public Interval First(Interval x, Interval y) => Combine(U, V, x, y);

        /// <summary>q · x + r · y.</summary>
        public Interval Second(Interval x, Interval y) => Combine(Q, R, x, y);

        private Interval Combine(Interval u, Interval v, Interval x, Interval y)
        {
            var sum = (u * x) + (v * y);
            var bound = RowNorm * BigInteger.Max(x.Size, y.Size);
            return new(BigInteger.Max(sum.Low, -bound), BigInteger.Min(sum.High, bound));
        }
    }

    /// <summary>A round on numbers, from start · I.</summary>
    public static Matrix Run(ref long zeta, BigInteger f, BigInteger g, int steps, int start)
    {
        BigInteger u = start, v = 0, q = 0, r = start;
        for (var i = 0; i < steps; i++)
        {
            var swap = zeta < 0 && !g.IsEven;
            zeta = swap ? -zeta - 2 : zeta - 1;
            (g, q, r) = (g.IsEven, swap) switch
            {
                (true, _) => (g, q, r),
                (_, true) => (g - f, q - u, r - v),
                _ => (g + f, q + u, r + v),
            };
            (f, u, v) = swap ? (f + g, u + q, v + r) : (f, u, v);
            g >>= 1;
            (u, v) = (2 * u, 2 * v);
        }

        return new(u, v, q, r, (BigInteger)start << steps);
    }

    /// <summary>Every matrix of a round.</summary>
    /// <remarks>
    /// A step, before the doubling, adds or takes off the upper row to or from the lower one or not; then, after a
    /// swap, the upper row is the old lower one, since u + (q - u) = q. So if both norms are at most b before, the lower
    /// one is at most 2b after and the upper one, doubled, too: start · 2^steps at the end.
    /// </remarks>
    public static Matrix Any(int steps, int start)
    {
        BigInteger upper = start, lower = start;
        for (var i = 0; i < steps; i++)
        {
            (upper, lower) = (BigInteger.Max(2 * upper, 2 * lower), upper + lower);
            _ = Interval.Within(BigInteger.Max(upper, lower)).ClaimSigned(64, "entries in a step");
        }

        var norm = BigInteger.Max(upper, lower);
        var entry = Interval.Within(norm);
        return new(entry, entry, entry, entry, norm);
    }
}
