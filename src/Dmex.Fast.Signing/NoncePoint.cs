using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
        GeneratorMultiply.Multiply(out w->Point, in w->Nonce);
        JacobianPoint.ToAffine(out point, in w->Point);
        Scalar.Invert(out w->Nonce, in w->Nonce);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeAvx512(SignerWorkspace* w, out AffinePoint point)
    {
        var lastRound = new FieldElementX8 { D0 = Vector512.Create(-1L, -1, -1, -1, 0, 0, 0, 0).AsDouble() };
        var negative = LaneGeneratorMultiply<FieldElementX8, LaneTableX8>.Multiply(out w->PointX8, in w->Nonce, in lastRound);
        w->PointX8.Z.FirstLane(out var z);
        SafeGcdPair.Invert(ref z, ref w->Nonce);
        w->PointX8.X.FirstLane(out point.X);
        w->PointX8.Y.FirstLane(out point.Y);
        FromHomogeneous(ref point, ref z, negative);
    }

    /// <summary>x = X / Z, y = ± Y / Z, normal; wipes 1 / Z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromHomogeneous(ref AffinePoint point, ref FieldElement zInverse, ulong negative)
    {
        FieldElement.Multiply(out point.X, in point.X, in zInverse);
        FieldElement.Normalize(ref point.X);
        FieldElement.Multiply(out point.Y, in point.Y, in zInverse);
        FieldElement.Negate(out var negated, in point.Y, 1);
        FieldElement.ConditionalMove(ref point.Y, in negated, negative);
        FieldElement.Normalize(ref point.Y);
        ConstantTime.Wipe(ref zInverse);
    }
}
