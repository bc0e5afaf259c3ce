using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// The branches that no known input reaches: a nonce that is 0 or n or more would need a preimage of SHA-256; x(R) ≥ n the
/// logarithm of a point with such an x; r = 0 a point with x = 0 or n, and 7 is no square, so there is none for 0; s = 0 a digest
/// of choice. The seam between the nonce's point and the equation feeds them; what must come out is known all the same.
/// </summary>
public sealed unsafe class RareBranchTests(ITestOutputHelper output)
{
    /// <summary>Values of x(R) for which a candidate is refused: r = 0, and x(R) ≥ n.</summary>
    public static readonly TheoryData<string> RefusedX = new("0", "n", "n + 1", "p - 1");

    [Fact]
    public void A_candidate_of_0_or_of_n_and_more_is_refused()
    {
        var workspace = (SignerWorkspace*)NativeMemory.AlignedAlloc((nuint)sizeof(SignerWorkspace), 64);
        try
        {
            foreach (var value in Numbers.Edges)
            {
                var bytes = Numbers.ToBytes(value);
                for (var i = 0; i < 8; i++)
                {
                    workspace->V[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 * i));
                }

                var usable = !value.IsZero && value < ReferenceCurve.N;
                Assert.Equal(usable, Rfc6979Nonce.TryRead(workspace));
                if (usable)
                {
                    Assert.Equal(value, Limbs.Value(in workspace->Nonce));
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(workspace);
        }
    }

    [Theory]
    [MemberData(nameof(RefusedX))]
    public void A_point_with_r_0_or_x_of_n_and_more_leads_to_the_next_candidate(string name)
    {
        var x = Limbs.Field(Value(name));
        ForEachKernel((key, digest, signer) =>
        {
            var calls = 0;
            signer.Seam = (SignerWorkspace* _, ref AffinePoint point, ref Scalar _) => point.X = calls++ == 0 ? x : point.X;
            signer.SignDigest(digest, refusedNonces: 0, out var signature);
            Assert.Equal(2, calls);
            AssertEqual(ReferenceEcdsa.Sign(key, digest, refusedNonces: 1), in signature);
        });
    }

    [Fact]
    public void A_digest_that_makes_s_0_leads_to_the_next_candidate() => ForEachKernel((key, digest, signer) =>
    {
        var calls = 0;
        var z = default(Scalar);
        signer.Seam = (SignerWorkspace* _, ref AffinePoint point, ref Scalar digestScalar) =>
        {
            if (calls++ == 0)
            {
                // s = k^-1 (z + r d) is 0 for z = -r d, whatever k.
                z = digestScalar;
                var r = Limbs.Value(in point.X) % ReferenceCurve.N;
                digestScalar = Limbs.Scalar(ReferenceCurve.Mod(-r * key, ReferenceCurve.N));
            }
            else
            {
                digestScalar = z;
            }
        };
        signer.SignDigest(digest, refusedNonces: 0, out var signature);
        Assert.Equal(2, calls);
        AssertEqual(ReferenceEcdsa.Sign(key, digest, refusedNonces: 1), in signature);
    });

    [Fact]
    public void A_refused_nonce_in_any_place_of_a_batch_is_made_up_for_one_by_one() =>
        ForEachBatch((_, place, batch) => batch.Seam = (workspace, stage) =>
        {
            if (stage == BatchStage.Nonces)
            {
                workspace->Nonce[place] = default;
            }
        });

    [Theory]
    [MemberData(nameof(RefusedX))]
    public void A_refused_point_in_any_place_of_a_batch_is_made_up_for_one_by_one(string name)
    {
        var x = Limbs.Field(Value(name));
        ForEachBatch((kernel, place, batch) => batch.Seam = (workspace, stage) =>
        {
            if (stage != BatchStage.Points)
            {
                return;
            }

            if (kernel == SigningKernel.Avx512)
            {
                SetAffineX<FieldElementX8>((FieldElementX8*)&workspace->X, (FieldElementX8*)&workspace->Z, place, in x);
            }
            else
            {
                SetAffineX<FieldElementX4>((FieldElementX4*)&workspace->X, (FieldElementX4*)&workspace->Z, place, in x);
            }
        });
    }

    [Fact]
    public void A_digest_that_makes_s_0_in_any_place_of_a_batch_is_made_up_for_one_by_one() =>
        ForEachBatch((_, place, batch, key) => batch.Seam = (workspace, stage) =>
        {
            if (stage == BatchStage.Nonces)
            {
                var k = Limbs.Value(in workspace->Nonce[place]);
                var r = ReferenceCurve.Multiply(ReferenceCurve.G, k).X;
                workspace->Digests[place] = Limbs.Scalar(ReferenceCurve.Mod(-r * key, ReferenceCurve.N));
            }
        });

    private static BigInteger Value(string name) => name switch
    {
        "0" => BigInteger.Zero,
        "n" => ReferenceCurve.N,
        "n + 1" => ReferenceCurve.N + 1,
        _ => ReferenceCurve.P - 1,
    };

    private static void AssertEqual((BigInteger R, BigInteger S, int V) expected, in Signature signature) =>
        Assert.Equal(expected, (Numbers.FromBytes(signature.R), Numbers.FromBytes(signature.S), signature.V));

    /// <summary>X := x Z in one lane, so that the affine x is as wanted.</summary>
    private static void SetAffineX<T>(T* xs, T* zs, int place, in FieldElement x)
        where T : unmanaged, ILaneField<T>
    {
        var (group, lane) = (place / T.Lanes, place % T.Lanes);
        T.GetLane(&zs[group], lane, out var z);
        FieldElement.Multiply(out var product, in x, in z);
        FieldElement.Normalize(ref product);
        T.SetLane(&xs[group], lane, in product);
        T.Carry(&xs[group]);
    }

    private void ForEachKernel(Action<BigInteger, byte[], OrderSigner> check)
    {
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported)
        {
            for (var i = 0; i < 5; i++)
            {
                var key = Numbers.Key(random);
                using var signingKey = SigningKey.FromBytes(Numbers.ToBytes(key));
                using var signer = new OrderSigner(signingKey, verifyAfterSign: true, kernel);
                check(key, Numbers.ToBytes(Numbers.Bits256(random)), signer);
            }
        }
    }

    private void ForEachBatch(Action<SigningKernel, int, BatchSigner> spoil) =>
        ForEachBatch((kernel, place, batch, _) => spoil(kernel, place, batch));

    /// <summary>A batch with something refused in one place holds the same signatures as without.</summary>
    private void ForEachBatch(Action<SigningKernel, int, BatchSigner, BigInteger> spoil)
    {
        var random = Seed.Create(output);
        foreach (var (kernel, size) in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable)
            .SelectMany(kernel => new[] { (kernel, 19), (kernel, 67) }))
        {
            var d = Numbers.Key(random);
            using var key = SigningKey.FromBytes(Numbers.ToBytes(d));
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
            var hashes = Enumerable.Range(0, size).Select(_ => Numbers.Hash(random)).ToArray();
            var expected = new Signature[size];
            batch.Sign(hashes, expected);
            foreach (var place in new[] { 0, 1, 7, 8, 17, size - 1 })
            {
                spoil(kernel, place, batch, d);
                var signatures = new Signature[size];
                batch.Sign(hashes, signatures);
                Assert.Equal(expected, signatures);
            }
        }
    }
}
