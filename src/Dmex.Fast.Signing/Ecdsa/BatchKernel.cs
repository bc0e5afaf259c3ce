using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>A block of signatures in lanes: one hash a lane, and Montgomery's trick for all inverses of the block.</summary>
internal static unsafe class BatchKernel<T, TReader>
    where T : unmanaged, ILaneField<T>
    where TReader : IBatchTableReader<T>
{
    /// <summary>
    /// Signs up to <see cref="BatchWorkspace.Capacity"/> hashes into the workspace; a signature whose nonce gave none is left with
    /// v = 0.
    /// </summary>
    /// <param name="w">The caller wipes it.</param>
    /// <param name="key">The private key.</param>
    /// <param name="generator">The multiples of G.</param>
    /// <param name="hashes">At least one.</param>
    /// <param name="recomputeNonces">Whether each nonce is computed twice.</param>
    /// <param name="seam">Null outside tests.</param>
    /// <returns>False when a nonce was not made from its digest: then there are no signatures.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Sign(
        BatchWorkspace* w, KeyMaterial* key, ulong* generator, ReadOnlySpan<OrderHash> hashes, bool recomputeNonces, BatchSeam? seam)
    {
        ReadDigests(w, hashes);
        var passes = recomputeNonces ? 2 : 1;
        ulong difference;
        if (typeof(T) == typeof(FieldElementX8))
        {
            difference = NoncesX16(w, key, hashes.Length, passes, seam);
        }
        else
        {
            difference = Nonces(w, key, hashes.Length, passes, seam);
        }

        if (difference != 0)
        {
            return false;
        }

        seam?.Invoke(w, BatchStage.Nonces);
        var nonces = (Scalar*)&w->Nonce;
        var groups = Groups(hashes.Length);
        for (var group = 0; group < groups; group++)
        {
            Recode(w, nonces, hashes.Length, group);
        }

        MultiplyGroups(w, generator, hashes.Length, groups, seam);

        seam?.Invoke(w, BatchStage.Points);
        InvertAll(w, hashes.Length, groups, out var zInverse, out var nonceInverse);
        seam?.Invoke(w, BatchStage.Inverses);
        var signatures = (Signature*)&w->Made;
        for (var group = groups - 1; group >= 0; group--)
        {
            ToAffine(w, group, ref zInverse);
            for (var lane = T.Lanes - 1; lane >= 0; lane--)
            {
                var i = (group * T.Lanes) + lane;
                if (i < hashes.Length)
                {
                    MakeSignature(w, key, i, lane, ref nonceInverse, out signatures[i]);
                }
            }
        }

        ConstantTime.Wipe(ref zInverse);
        ConstantTime.Wipe(ref nonceInverse);
        return true;
    }

    /// <summary>The personal-message digests modulo n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ReadDigests(BatchWorkspace* w, ReadOnlySpan<OrderHash> hashes)
    {
        var digests = (Scalar*)&w->Digests;
        if (typeof(T) == typeof(FieldElementX8))
        {
            PersonalMessageX8.Digests((Vector512<ulong>*)&w->Keccak, hashes, digests);
            return;
        }

        Span<byte> digest = stackalloc byte[Keccak256.DigestSize];
        for (var i = 0; i < hashes.Length; i++)
        {
            PersonalMessage.Digest(in hashes[i], digest);
            _ = Scalar.FromBytes(out digests[i], digest);
        }
    }

    /// <summary>The nonces, one by one; a candidate that is refused becomes 0.</summary>
    /// <returns>0 when each pass read the digests that the workspace holds, and gave the same nonces.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Nonces(BatchWorkspace* w, KeyMaterial* key, int count, int passes, BatchSeam? seam)
    {
        var nonces = (Scalar*)&w->Nonce;
        var digests = (Scalar*)&w->Digests;
        var single = &w->Single;
        var difference = 0UL;
        for (var pass = 0; pass < passes; pass++)
        {
            for (var i = 0; i < count; i++)
            {
                DigestInput.Write(single->DigestWords, 1, in digests[i]);
                seam?.Invoke(w, BatchStage.NonceInput);
                Rfc6979Nonce.Begin(single, key);
                var usable = Rfc6979Nonce.TryNext(single);
                difference |= DigestInput.Difference(single->DigestWords, 1, in digests[i]);
                single->Nonce = usable ? single->Nonce : default;
                difference |= StoreOrCompare(ref nonces[i], in single->Nonce, pass);
            }
        }

        return difference;
    }

    /// <summary>The same, sixteen at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong NoncesX16(BatchWorkspace* w, KeyMaterial* key, int count, int passes, BatchSeam? seam)
    {
        var nonces = (Scalar*)&w->Nonce;
        var digests = (Scalar*)&w->Digests;
        var input = (uint*)&w->Nonces.DigestWords;
        var output = (uint*)&w->Nonces.V;
        var difference = 0UL;
        for (var pass = 0; pass < passes; pass++)
        {
            for (var first = 0; first < count; first += Rfc6979NonceX16.Lanes)
            {
                var lanes = Math.Min(Rfc6979NonceX16.Lanes, count - first);
                for (var lane = 0; lane < lanes; lane++)
                {
                    DigestInput.Write(input + lane, Rfc6979NonceX16.Lanes, in digests[first + lane]);
                }

                seam?.Invoke(w, BatchStage.NonceInput);
                Rfc6979NonceX16.Generate(&w->Nonces, key);
                for (var lane = 0; lane < lanes; lane++)
                {
                    var o = output + lane;
                    var overflow = Scalar.FromWords(
                        out w->Single.Nonce,
                        Join(o[6 * 16], o[7 * 16]), Join(o[4 * 16], o[5 * 16]), Join(o[2 * 16], o[3 * 16]), Join(o[0], o[16]));
                    if (overflow != 0)
                    {
                        w->Single.Nonce = default;
                    }

                    difference |= DigestInput.Difference(input + lane, Rfc6979NonceX16.Lanes, in digests[first + lane]);
                    difference |= StoreOrCompare(ref nonces[first + lane], in w->Single.Nonce, pass);
                }
            }
        }

        return difference;
    }

    /// <summary>Stores a nonce in the first pass; later compares with it: 0 when it is the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong StoreOrCompare(ref Scalar nonce, in Scalar computed, int pass)
    {
        if (pass == 0)
        {
            nonce = computed;
        }

        return (nonce.W0 ^ computed.W0) | (nonce.W1 ^ computed.W1) | (nonce.W2 ^ computed.W2) | (nonce.W3 ^ computed.W3);
    }

    /// <summary>Recodes a group's scalars; lanes beyond the last repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Recode(BatchWorkspace* w, Scalar* scalars, int count, int group)
    {
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            BatchDigits.Recode(
                (BatchDigits*)&w->Digits + group, T.Lanes, lane, in scalars[Math.Min((group * T.Lanes) + lane, count - 1)],
                TReader.TotalBits);
        }
    }

    /// <summary>The groups' points k · G, by additions that share inversions where there are enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyGroups(BatchWorkspace* w, ulong* generator, int count, int groups, BatchSeam? seam)
    {
        var s = Scratch(w);
        var digits = (BatchDigits*)&w->Digits;
        if (count < AffineSums<T>.MinHashes)
        {
            for (var group = 0; group < groups; group++)
            {
                BatchMultiply<T, TReader>.Multiply(s, generator, digits + group);
                StorePoints(w, group);
            }

            return;
        }

        BatchMultiply<T, TReader>.MultiplyGroups(&w->Sums, s, generator, digits, groups);
        seam?.Invoke(w, BatchStage.Sums);
        for (var group = 0; group < groups; group++)
        {
            AffineSums<T>.AddLast(&w->Sums, s, group, groups);
            StorePoints(w, group);
        }
    }

    /// <summary>Copies the scratch's points to the group's place, and extends the products of the Zs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void StorePoints(BatchWorkspace* w, int group)
    {
        var s = Scratch(w);
        var products = (T*)&w->Products;
        ((T*)&w->X)[group] = s->Point.X;
        ((T*)&w->Y)[group] = s->Point.Y;
        ((T*)&w->Z)[group] = s->Point.Z;
        if (group == 0)
        {
            products[0] = s->Point.Z;
        }
        else
        {
            T.Multiply(&products[group], &products[group - 1], &s->Point.Z);
        }
    }

    /// <summary>The inverse of all Zs' product in each lane, and of all nonces' product.</summary>
    /// <remarks>
    /// A nonce of 0 (refused) counts as 1 in the product of the nonces. Its point is infinity, whose Z of 0 makes all of the block's
    /// inverses 0: then no x is right, all signatures are refused (r = 0), and each is made on its own.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InvertAll(BatchWorkspace* w, int count, int groups, out T zInverse, out Scalar nonceInverse)
    {
        nonceInverse = MultiplyNonces(w, count);
        _ = InvertElements(w, groups, out zInverse);
        Scalar.Invert(out nonceInverse, in nonceInverse);
    }

    /// <summary>products[i] = nonce[0] … nonce[i], zeros counting as ones; returns the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Scalar MultiplyNonces(BatchWorkspace* w, int count)
    {
        var nonces = (Scalar*)&w->Nonce;
        var products = (Scalar*)&w->NonceProducts;
        for (var i = 0; i < count; i++)
        {
            var factor = nonces[i];
            factor.W0 |= factor.IsZeroMask() & 1;
            if (i == 0)
            {
                products[0] = factor;
            }
            else
            {
                Scalar.Multiply(out products[i], in products[i - 1], in factor);
            }
        }

        return products[count - 1];
    }

    /// <summary>Inverts the product of the Zs in each lane; false when one is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool InvertElements(BatchWorkspace* w, int groups, out T inverses)
    {
        var s = Scratch(w);
        var isZero = LaneInverse<T>.Invert(&((T*)&w->Products)[groups - 1], &s->T0);
        inverses = s->T0;
        return isZero == 0;
    }

    /// <summary>The scratch's X, Y := the group's x, y; inverses loses the group's Z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ToAffine(BatchWorkspace* w, int group, ref T inverses)
    {
        var s = Scratch(w);
        s->T1 = inverses;
        if (group > 0)
        {
            T.Multiply(&s->T0, &s->T1, &((T*)&w->Products)[group - 1]);
            T.Multiply(&s->T1, &s->T1, &((T*)&w->Z)[group]);
            inverses = s->T1;
        }
        else
        {
            s->T0 = s->T1;
        }

        T.Multiply(&s->X, &((T*)&w->X)[group], &s->T0);
        T.Multiply(&s->Y, &((T*)&w->Y)[group], &s->T0);
    }

    /// <summary>
    /// s, low, and v, for one lane of the scratch's points. v stays 0 where the nonce was refused, x(R) ≥ n, r = 0 or s = 0:
    /// what a refused signature would publish, so the branch reads nothing secret.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MakeSignature(
        BatchWorkspace* w, KeyMaterial* key, int i, int lane, ref Scalar nonceInverse, out Signature signature)
    {
        var nonces = (Scalar*)&w->Nonce;
        var products = (Scalar*)&w->NonceProducts;
        signature = default;
        var refused = nonces[i].IsZeroMask();
        nonces[i].W0 |= refused & 1;
        var inverse = nonceInverse;
        if (i > 0)
        {
            Scalar.Multiply(out inverse, in nonceInverse, in products[i - 1]);
            Scalar.Multiply(out nonceInverse, in nonceInverse, in nonces[i]);
        }

        T.GetLane(&Scratch(w)->X, lane, out var x);
        x.ToWords(out var x0, out var x1, out var x2, out var x3);
        refused |= Scalar.FromWords(out var r, x0, x1, x2, x3) | r.IsZeroMask();
        Scalar.Multiply(out w->Single.S, in r, in key->D);
        Scalar.Add(out w->Single.S, in w->Single.S, in ((Scalar*)&w->Digests)[i]);
        Scalar.Multiply(out var s, in w->Single.S, in inverse);
        refused |= s.IsZeroMask();
        ConstantTime.Wipe(ref inverse);
        if (refused != 0)
        {
            return;
        }

        var high = s.IsHighMask();
        Scalar.ConditionalNegate(ref s, high);
        T.GetLane(&Scratch(w)->Y, lane, out var y);
        var parity = (y.ParityBit() ^ high) & 1;
        Span<byte> rs = stackalloc byte[Signature.Size];
        r.ToBytes(rs);
        s.ToBytes(rs[32..]);
        signature = new Signature(rs, 27 + (int)parity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static LaneScratch<T>* Scratch(BatchWorkspace* w) => (LaneScratch<T>*)&w->Lanes;

    internal static int Groups(int count) => (count + T.Lanes - 1) / T.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Join(uint high, uint low) => ((ulong)high << 32) | low;
}
