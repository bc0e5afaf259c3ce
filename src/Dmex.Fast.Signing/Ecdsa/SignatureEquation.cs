using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>ECDSA's signature equation (SEC 1, section 4.1.3), low s, and Ethereum's v.</summary>
internal static unsafe class SignatureEquation
{
    /// <summary>
    /// Completes a signature from a nonce's point and inverse; false when the nonce gives none and the next must be taken.
    /// </summary>
    /// <param name="w">Its nonce is k^-1. The secrets that it holds afterwards are the caller's to wipe.</param>
    /// <param name="d">The private key.</param>
    /// <param name="z">The digest modulo n.</param>
    /// <param name="point">R = k · G, normal; becomes -R where s is negated. Public once the signature is.</param>
    /// <param name="signature">Set when the result is true.</param>
    /// <remarks>
    /// Refused: r = 0, s = 0, and x(R) ≥ n, for which v would have to be 29 or 30. All three are as rare as 2^-127 or
    /// rarer, and the branch on them reads only what the signature would publish.
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryComplete(SignerWorkspace* w, in Scalar d, in Scalar z, ref AffinePoint point, out Signature signature)
    {
        signature = default;
        point.X.ToWords(out var x0, out var x1, out var x2, out var x3);
        var xOverflow = Scalar.FromWords(out var r, x0, x1, x2, x3);
        if ((xOverflow | r.IsZeroMask()) != 0)
        {
            return false;
        }

        // s = k^-1 (z + r d)
        Scalar.Multiply(out w->S, in r, in d);
        Scalar.Add(out w->S, in w->S, in z);
        Scalar.Multiply(out var s, in w->S, in w->Nonce);
        if (s.IsZeroMask() != 0)
        {
            return false;
        }

        // -s belongs to -R: the parity of y flips with it.
        var high = s.IsHighMask();
        Scalar.ConditionalNegate(ref s, high);
        FieldElement.Negate(out var negatedY, in point.Y, 1);
        FieldElement.ConditionalMove(ref point.Y, in negatedY, high);
        FieldElement.Normalize(ref point.Y);

        Span<byte> rs = stackalloc byte[Signature.Size];
        r.ToBytes(rs);
        s.ToBytes(rs[32..]);
        signature = new Signature(rs, 27 + (int)point.Y.ParityBit());
        return true;
    }
}
