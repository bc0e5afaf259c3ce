using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <content>Verification of a block of signatures.</content>
internal static unsafe partial class BatchKernel<T, TReader>
{
    /// <summary>Whether all signatures are valid: x(z s^-1 · G + r s^-1 · Q) = r, and y's parity is v's. Public values only.</summary>
    public static bool Verify(
        BatchWorkspace* w, ulong* generator, ulong* publicKey, ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<Signature> signatures)
    {
        ReadDigests(w, hashes);
        var s = (Scalar*)&w->Nonce;
        for (var i = 0; i < hashes.Length; i++)
        {
            var overflow = Scalar.FromBytes(out s[i], signatures[i].S);
            if ((overflow | s[i].IsZeroMask() | s[i].IsHighMask()) != 0 || signatures[i].V is not (27 or 28))
            {
                return false;
            }
        }

        InvertScalars(w, hashes.Length);
        var u1 = (Scalar*)&w->NonceProducts;
        var u2 = (Scalar*)&w->Nonce;
        for (var i = 0; i < hashes.Length; i++)
        {
            var overflow = Scalar.FromBytes(out var r, signatures[i].R);
            if ((overflow | r.IsZeroMask()) != 0)
            {
                return false;
            }

            var inverse = s[i];
            Scalar.Multiply(out u1[i], in ((Scalar*)&w->Digests)[i], in inverse);
            Scalar.Multiply(out u2[i], in r, in inverse);
        }

        var groups = Groups(hashes.Length);
        for (var group = 0; group < groups; group++)
        {
            Recode(w, u1, hashes.Length, group);
            BatchMultiply<T, TReader>.Multiply(Scratch(w), generator, &w->Digits);
            Recode(w, u2, hashes.Length, group);
            BatchMultiply<T, TReader>.Add(Scratch(w), publicKey, &w->Digits);
            Keep(w, group);
        }

        return InvertElements(w, groups, out var zInverse) && Match(w, groups, ref zInverse, signatures[..hashes.Length]);
    }

    private static bool Match(BatchWorkspace* w, int groups, ref T zInverse, ReadOnlySpan<Signature> signatures)
    {
        for (var group = groups - 1; group >= 0; group--)
        {
            ToAffine(w, group, ref zInverse);
            for (var lane = 0; lane < T.Lanes && (group * T.Lanes) + lane < signatures.Length; lane++)
            {
                ref readonly var signature = ref signatures[(group * T.Lanes) + lane];
                T.GetLane(&Scratch(w)->X, lane, out var x);
                T.GetLane(&Scratch(w)->Y, lane, out var y);
                FieldElement.FromBytes(out var r, signature.R);
                if (!FieldElement.AreEqual(in x, in r) || signature.V != 27 + (int)y.ParityBit())
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>nonce[i] := nonce[i]^-1 for all, none of them 0. Public values only.</summary>
    private static void InvertScalars(BatchWorkspace* w, int count)
    {
        var values = (Scalar*)&w->Nonce;
        var products = (Scalar*)&w->NonceProducts;
        var inverse = MultiplyNonces(w, count);
        Scalar.Invert(out inverse, in inverse);
        for (var i = count - 1; i > 0; i--)
        {
            Scalar.Multiply(out var own, in inverse, in products[i - 1]);
            Scalar.Multiply(out inverse, in inverse, in values[i]);
            values[i] = own;
        }

        values[0] = inverse;
    }
}
