using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

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
        switch (kernel)
        {
            case SigningKernel.Avx512:
                ComputeAvx512(w, out point);
                break;
            case SigningKernel.Avx2:
                ComputeAvx2(w, out point);
                break;
            default:
                ComputePortable(w, out point);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ComputePortable(SignerWorkspace* w, out AffinePoint point)
    {
        FixedBaseMultiply.Multiply(out w->Point, FixedBaseTable.Generator, in w->Nonce);
        JacobianPoint.ToAffine(out point, in w->Point);
        Scalar.Invert(out w->Nonce, in w->Nonce);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ComputeAvx512(SignerWorkspace* w, out AffinePoint point)
    {
        var s = &w->Lanes;
        Multiply<FieldElementX8, LaneTableReaderX8>(s, in w->Nonce, out var z);
        SafeGcdPair.Invert(ref z, ref w->Nonce);
        ToAffine(s, ref z, out point);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ComputeAvx2(SignerWorkspace* w, out AffinePoint point)
    {
        var s = (LaneScratch<FieldElementX4>*)&w->Lanes;
        Multiply<FieldElementX4, LaneTableReaderX4>(s, in w->Nonce, out var z);
        FieldElement.Invert(out z, in z);
        Scalar.Invert(out w->Nonce, in w->Nonce);
        ToAffine(s, ref z, out point);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T, TReader>(LaneScratch<T>* s, in Scalar k, out FieldElement z)
        where T : unmanaged, ILaneField<T>
        where TReader : ILaneTableReader<T>
    {
        SignedDigits.Recode(&s->Digits, in k);
        LaneMultiply<T, TReader>.Multiply(s, LaneTable.Generator.Words, &s->Digits);
        s->Point.Z.FirstLane(out z);
    }

    /// <summary>x = X / Z, y = Y / Z, normal; wipes 1 / Z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToAffine<T>(LaneScratch<T>* s, ref FieldElement zInverse, out AffinePoint point)
        where T : unmanaged, ILaneField<T>
    {
        s->Point.X.FirstLane(out point.X);
        s->Point.Y.FirstLane(out point.Y);
        FieldElement.Multiply(out point.X, in point.X, in zInverse);
        FieldElement.Multiply(out point.Y, in point.Y, in zInverse);
        FieldElement.Normalize(ref point.X);
        FieldElement.Normalize(ref point.Y);
        ConstantTime.Wipe(ref zInverse);
    }
}
