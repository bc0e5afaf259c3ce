using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Lanes;

namespace Dmex.Fast.Signing;

/// <summary>The expensive half of a signature: R = k · G and k^-1, by the kernel of choice.</summary>
internal static unsafe class NoncePoint
{
    /// <summary>Computes R, and replaces the workspace's nonce k by k^-1.</summary>
    /// <param name="kernel">One that the processor supports.</param>
    /// <param name="w">Its nonce is in [1, n - 1].</param>
    /// <param name="point">R, normal.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(SigningKernel kernel, SignerWorkspace* w, out AffinePoint point)
    {
        if (kernel == SigningKernel.Avx512)
        {
            ComputeAvx512(w, out point);
        }
        else
        {
            ComputePortable(w, out point);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputePortable(SignerWorkspace* w, out AffinePoint point)
    {
        FixedBaseMultiply.Multiply(out w->Point, FixedBaseTable.Generator, in w->Nonce);
        JacobianPoint.ToAffine(out point, in w->Point);
        Scalar.Invert(out w->Nonce, in w->Nonce);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeAvx512(SignerWorkspace* w, out AffinePoint point)
    {
        SignedDigits.Recode(&w->LanesX8.Digits, in w->Nonce);
        LaneMultiply<FieldElementX8, LaneTableReaderX8>.Multiply(&w->LanesX8, LaneTable.Generator.Words, &w->LanesX8.Digits);
        w->LanesX8.Point.Z.FirstLane(out var z);
        SafeGcdPair.Invert(ref z, ref w->Nonce);
        w->LanesX8.Point.X.FirstLane(out point.X);
        w->LanesX8.Point.Y.FirstLane(out point.Y);
        FieldElement.Multiply(out point.X, in point.X, in z);
        FieldElement.Multiply(out point.Y, in point.Y, in z);
        FieldElement.Normalize(ref point.X);
        FieldElement.Normalize(ref point.Y);
        ConstantTime.Wipe(ref z);
    }
}
