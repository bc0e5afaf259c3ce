using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// Checks a signature against the key that has just made it (SEC 1, section 4.1.4), where the nonce's point R is still
/// known: R' = z s^-1 · G + r s^-1 · Q must be R, s low, r = x(R) and v the parity of y(R). Both multiplications read wide
/// tables of fixed points that signing does not read. Variable time: public values only, unless the signature is wrong.
/// </summary>
/// <remarks>Every check runs, whatever the others found: what a wrong signature had wrong is not told by which one ended the
/// call.</remarks>
internal static unsafe class SignatureVerification
{
    /// <summary>Whether the signature is valid.</summary>
    /// <param name="kernel">One that the processor supports.</param>
    /// <param name="scratch">The lanes' memory; overwritten.</param>
    /// <param name="table">The multiples of G and Q.</param>
    /// <param name="z">The digest modulo n.</param>
    /// <param name="point">R, of which -R counts where s was negated: with the y that the signature's v tells.</param>
    /// <param name="signature">The signature.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static bool VerifyVarTime(
        SigningKernel kernel, LaneScratch<FieldElementX8>* scratch, VerificationTable table, in Scalar z, in AffinePoint point,
        in Signature signature)
    {
        var refused = Scalar.FromBytes(out var r, signature.R) | Scalar.FromBytes(out var s, signature.S);
        refused |= r.IsZeroMask() | s.IsZeroMask() | s.IsHighMask();
        FieldElement.FromBytes(out var x, signature.R);
        var valid = refused == 0;
        valid &= FieldElement.AreEqual(in x, in point.X);
        valid &= signature.V == 27 + (int)point.Y.ParityBit();

        Scalar.InvertVarTime(out var sInverse, in s);
        Scalar.Multiply(out var u1, in z, in sInverse);
        Scalar.Multiply(out var u2, in r, in sInverse);
        var rows = stackalloc ulong*[VarTimeRows.MaxCount];
        var signs = stackalloc ulong[VarTimeRows.MaxCount];
        var windows = table.Generator.Windows;
        VarTimeRows.Recode(rows, signs, 1, table.Generator, in u1);
        VarTimeRows.Recode(rows + windows, signs + windows, 1, table.PublicKey, in u2);
        var count = 2 * windows;
        return valid & kernel switch
        {
            SigningKernel.Avx512 =>
                VerifyLanesVarTime<FieldElementX8, LaneTableReaderX8, VarTimeReaderX8>(scratch, rows, signs, count, in point),
            SigningKernel.Avx2 => VerifyLanesVarTime<FieldElementX4, LaneTableReaderX4, VarTimeReaderX4>(
                (LaneScratch<FieldElementX4>*)scratch, rows, signs, count, in point),
            _ => VerifyPortableVarTime(rows, signs, count, in point),
        };
    }

    /// <summary>Whether the rows add up to the point, compared without an inversion: X = x Z² and Y = y Z³.</summary>
    private static bool VerifyPortableVarTime(ulong** rows, ulong* signs, int count, in AffinePoint point)
    {
        JacobianPoint sum = default;
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            AffinePoint term;
            FieldElement.FromWords(out term.X, row[0], row[1], row[2], row[3]);
            FieldElement.FromWords(out term.Y, row[4], row[5], row[6], row[7]);
            if (signs[i] != 0)
            {
                FieldElement.Negate(out term.Y, in term.Y, 1);
            }

            JacobianPoint.AddAffineVarTime(ref sum, in term);
        }

        FieldElement.Square(out var zz, in sum.Z);
        FieldElement.Multiply(out var x, in point.X, in zz);
        FieldElement.Multiply(out zz, in zz, in sum.Z);
        FieldElement.Multiply(out var y, in point.Y, in zz);
        return !sum.IsInfinity() && FieldElement.AreEqual(in x, in sum.X) && FieldElement.AreEqual(in y, in sum.Y);
    }

    /// <summary>The same in lanes and homogeneous coordinates: X = x Z and Y = y Z.</summary>
    private static bool VerifyLanesVarTime<T, TReader, TVarTimeReader>(
        LaneScratch<T>* s, ulong** rows, ulong* signs, int count, in AffinePoint point)
        where T : unmanaged, ILaneField<T>
        where TReader : ILaneTableReader<T>
        where TVarTimeReader : IVarTimeReader<T>
    {
        VarTimeSum<T, TVarTimeReader>.AddUp(s, rows, signs, count);
        LaneMultiply<T, TReader>.Fold(s);
        s->Point.X.FirstLane(out var sumX);
        s->Point.Y.FirstLane(out var sumY);
        s->Point.Z.FirstLane(out var sumZ);
        FieldElement.Multiply(out var x, in point.X, in sumZ);
        FieldElement.Multiply(out var y, in point.Y, in sumZ);
        return sumZ.IsZeroMask() == 0 && FieldElement.AreEqual(in x, in sumX) && FieldElement.AreEqual(in y, in sumY);
    }
}
