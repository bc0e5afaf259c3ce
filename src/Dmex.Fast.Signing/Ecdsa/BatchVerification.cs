using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// Verification of a block of signatures, one a lane: x(z s^-1 · G + r s^-1 · Q) = r, and y's parity is v's. See
/// <see cref="SignatureVerification"/>, also for time.
/// </summary>
internal static unsafe class BatchVerification<T, TReader, TVarTimeReader>
    where T : unmanaged, ILaneField<T>
    where TReader : IBatchTableReader<T>
    where TVarTimeReader : IVarTimeReader<T>
{
    /// <summary>Whether all signatures that the workspace holds are valid.</summary>
    /// <param name="w">The workspace; overwritten, but for the signatures.</param>
    /// <param name="table">The multiples of G and Q, large.</param>
    /// <param name="hashes">What was signed.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static bool VerifyVarTime(BatchWorkspace* w, VerificationTable table, ReadOnlySpan<OrderHash> hashes)
    {
        BatchKernel<T, TReader>.ReadDigests(w, hashes);
        var valid = ComputeScalars(w, hashes.Length);
        var u1 = (Scalar*)&w->U1;
        var u2 = (Scalar*)&w->U2;
        var rows = (ulong**)&w->Row;
        var signs = (ulong*)&w->Sign;
        var groups = BatchKernel<T, TReader>.Groups(hashes.Length);
        for (var group = 0; group < groups; group++)
        {
            for (var lane = 0; lane < T.Lanes; lane++)
            {
                var i = Math.Min((group * T.Lanes) + lane, hashes.Length - 1);
                var place = (group * VarTimeRows.LargeCount * T.Lanes) + lane;
                VarTimeRows.Recode(rows + place, signs + place, T.Lanes, table.Generator, in u1[i]);
                place += VarTimeTable.LargeWindows * T.Lanes;
                VarTimeRows.Recode(rows + place, signs + place, T.Lanes, table.PublicKey, in u2[i]);
            }
        }

        AddUp(w, rows, signs, hashes.Length, groups);
        valid &= BatchKernel<T, TReader>.InvertElements(w, groups, out var zInverse);
        return valid & Match(w, groups, ref zInverse, hashes.Length);
    }

    /// <summary>The groups' sums, by additions that share inversions where there are enough and no two points of one x meet.</summary>
    private static void AddUp(BatchWorkspace* w, ulong** rows, ulong* signs, int count, int groups)
    {
        const int Rows = VarTimeRows.LargeCount;
        var s = BatchKernel<T, TReader>.Scratch(w);
        var isShared = count >= AffineSums<T>.MinHashes && VarTimeSum<T, TVarTimeReader>.TryAddUpGroups(&w->Sums, s, rows, signs, groups);
        for (var group = 0; group < groups; group++)
        {
            if (isShared)
            {
                AffineSums<T>.AddLast(&w->Sums, s, group, groups);
            }
            else
            {
                VarTimeSum<T, TVarTimeReader>.AddUp(s, rows + (group * Rows * T.Lanes), signs + (group * Rows * T.Lanes), Rows * T.Lanes);
            }

            BatchKernel<T, TReader>.StorePoints(w, group);
        }
    }

    /// <summary>
    /// u1 = z / s and u2 = r / s for all, with one inversion (Montgomery's trick); false when an r, s or v is out of its range.
    /// </summary>
    private static bool ComputeScalars(BatchWorkspace* w, int count)
    {
        var signatures = (Signature*)&w->Made;
        var s = (Scalar*)&w->S;
        var products = (Scalar*)&w->SProducts;
        var refused = 0UL;
        for (var i = 0; i < count; i++)
        {
            refused |= Scalar.FromBytes(out s[i], signatures[i].S);
            refused |= s[i].IsZeroMask() | s[i].IsHighMask();
            products[i] = s[i];
            if (i > 0)
            {
                Scalar.Multiply(out products[i], in products[i - 1], in s[i]);
            }
        }

        Scalar.InvertVarTime(out var inverse, in products[count - 1]);
        var valid = true;
        for (var i = count - 1; i >= 0; i--)
        {
            var own = inverse;
            if (i > 0)
            {
                Scalar.Multiply(out own, in inverse, in products[i - 1]);
                Scalar.Multiply(out inverse, in inverse, in s[i]);
            }

            refused |= Scalar.FromBytes(out var r, signatures[i].R);
            refused |= r.IsZeroMask();
            valid &= signatures[i].V is 27 or 28;
            Scalar.Multiply(out ((Scalar*)&w->U1)[i], in ((Scalar*)&w->Digests)[i], in own);
            Scalar.Multiply(out ((Scalar*)&w->U2)[i], in r, in own);
        }

        return valid & refused == 0;
    }

    private static bool Match(BatchWorkspace* w, int groups, ref T zInverse, int count)
    {
        var signatures = (Signature*)&w->Made;
        var scratch = BatchKernel<T, TReader>.Scratch(w);
        var valid = true;
        for (var group = groups - 1; group >= 0; group--)
        {
            BatchKernel<T, TReader>.ToAffine(w, group, ref zInverse);
            for (var lane = 0; lane < T.Lanes && (group * T.Lanes) + lane < count; lane++)
            {
                ref readonly var signature = ref signatures[(group * T.Lanes) + lane];
                T.GetLane(&scratch->X, lane, out var x);
                T.GetLane(&scratch->Y, lane, out var y);
                FieldElement.FromBytes(out var r, signature.R);
                valid &= FieldElement.AreEqual(in x, in r) & (signature.V == 27 + (int)y.ParityBit());
            }
        }

        return valid;
    }
}
