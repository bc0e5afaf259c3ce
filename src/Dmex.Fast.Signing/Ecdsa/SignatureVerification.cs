using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// Checks a signature against the key that has just made it (SEC 1, section 4.1.4), where the nonce's point R is still
/// known: R' = z s^-1 · G + r s^-1 · Q must be R, s low, r = x(R) and v the parity of y(R). Both multiplications use tables
/// of fixed points, so this costs a third of a recovery or less. Public values only.
/// </summary>
internal static unsafe class SignatureVerification
{
    /// <summary>Whether the signature is valid.</summary>
    /// <param name="kernel">One that the processor supports.</param>
    /// <param name="scratch">The lanes' memory; overwritten.</param>
    /// <param name="key">The multiples of Q.</param>
    /// <param name="z">The digest modulo n.</param>
    /// <param name="point">R, of which -R counts where s was negated: with the y that the signature's v tells.</param>
    /// <param name="signature">The signature.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Verify(
        SigningKernel kernel, LaneScratch<FieldElementX8>* scratch, VerificationTable key, in Scalar z, in AffinePoint point, in Signature signature)
    {
        var overflow = Scalar.FromBytes(out var r, signature.R) | Scalar.FromBytes(out var s, signature.S);
        if ((overflow | r.IsZeroMask() | s.IsZeroMask() | s.IsHighMask()) != 0)
        {
            return false;
        }

        FieldElement.FromBytes(out var x, signature.R);
        if (!FieldElement.AreEqual(in x, in point.X) || signature.V != 27 + (int)point.Y.ParityBit())
        {
            return false;
        }

        Scalar.Invert(out var sInverse, in s);
        Scalar.Multiply(out var u1, in z, in sInverse);
        Scalar.Multiply(out var u2, in r, in sInverse);
        return kernel switch
        {
            SigningKernel.Avx512 => VerifyLanes<FieldElementX8, LaneTableReaderX8>(scratch, key, in u1, in u2, in point),
            SigningKernel.Avx2 => VerifyLanes<FieldElementX4, LaneTableReaderX4>(
                (LaneScratch<FieldElementX4>*)scratch, key, in u1, in u2, in point),
            _ => VerifyPortable(key, in u1, in u2, in point),
        };
    }

    /// <summary>u1 · G + u2 · Q = point, compared without an inversion: X = x Z² and Y = y Z³.</summary>
    private static bool VerifyPortable(VerificationTable key, in Scalar u1, in Scalar u2, in AffinePoint point)
    {
        FixedBaseMultiply.Multiply(out var sum, key.Portable, in u2);
        if (u1.IsZeroMask() == 0)
        {
            FixedBaseMultiply.Multiply(out var first, FixedBaseTable.Generator, in u1);
            JacobianPoint.AddVarTime(ref sum, in first);
        }

        FieldElement.Square(out var zz, in sum.Z);
        FieldElement.Multiply(out var x, in point.X, in zz);
        FieldElement.Multiply(out zz, in zz, in sum.Z);
        FieldElement.Multiply(out var y, in point.Y, in zz);
        return !sum.IsInfinity() && FieldElement.AreEqual(in x, in sum.X) && FieldElement.AreEqual(in y, in sum.Y);
    }

    /// <summary>The same in lanes and homogeneous coordinates: X = x Z and Y = y Z.</summary>
    private static bool VerifyLanes<T, TReader>(
        LaneScratch<T>* s, VerificationTable key, in Scalar u1, in Scalar u2, in AffinePoint point)
        where T : unmanaged, ILaneField<T>
        where TReader : ILaneTableReader<T>
    {
        SignedDigits.Recode(&s->Digits, in u1);
        SignedDigits.Recode(&s->Digits2, in u2);
        LaneMultiply<T, TReader>.MultiplySum(s, LaneTable.Generator.Words, &s->Digits, key.Lanes.Words, &s->Digits2);
        s->Point.X.FirstLane(out var sumX);
        s->Point.Y.FirstLane(out var sumY);
        s->Point.Z.FirstLane(out var sumZ);
        FieldElement.Multiply(out var x, in point.X, in sumZ);
        FieldElement.Multiply(out var y, in point.Y, in sumZ);
        return sumZ.IsZeroMask() == 0 && FieldElement.AreEqual(in x, in sumX) && FieldElement.AreEqual(in y, in sumY);
    }
}
