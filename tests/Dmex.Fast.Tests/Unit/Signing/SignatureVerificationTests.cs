using System.Numerics;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>Verification after signing takes every right signature and withholds every spoilt one, with every kernel.</summary>
public sealed unsafe class SignatureVerificationTests(ITestOutputHelper output)
{
    [Fact]
    public void Right_signatures_pass_and_any_spoilt_part_fails()
    {
        var random = Seed.Create(output);
        BigInteger[] digests = [BigInteger.Zero, 1, ReferenceCurve.N - 1, Numbers.Key(random), Numbers.Key(random)];
        foreach (var z in digests)
        {
            var key = Numbers.Key(random);
            var (r, s, v) = ReferenceEcdsa.Sign(key, Numbers.ToBytes(z));
            var point = ReferenceCurve.FromX(r, odd: v == 28)!.Value;
            foreach (var (kernel, isSmall) in Kernels.Supported.SelectMany(kernel => new[] { (kernel, false), (kernel, true) }))
            {
                using var checker = new Checker(kernel, key, isSmall);
                Assert.True(checker.Verify(z, point, r, s, v));

                // A bit flipped anywhere in s; then r, v, the digest, the point and the key.
                for (var bit = 0; bit < 255; bit += random.Next(1, 24))
                {
                    Assert.False(checker.Verify(z, point, r, s ^ (BigInteger.One << bit), v));
                }

                Assert.False(checker.Verify(z, point, r ^ 1, s, v));
                Assert.False(checker.Verify(z, point, r, s, 55 - v));
                Assert.False(checker.Verify((z + 1) % ReferenceCurve.N, point, r, s, v));
                Assert.False(checker.Verify(z, ReferenceCurve.Negate(point), r, s, 55 - v));
                Assert.False(checker.Verify(z, point, r, ReferenceCurve.N - s, 55 - v));
                Assert.False(checker.Verify(z, point, BigInteger.Zero, s, v));
                Assert.False(checker.Verify(z, point, r, BigInteger.Zero, v));
                Assert.False(checker.Verify(z, point, r, ReferenceCurve.N, v));
                using var other = new Checker(kernel, key == 1 ? 2 : key - 1, isSmall);
                Assert.False(other.Verify(z, point, r, s, v));
            }
        }
    }

    [Fact]
    public void A_signature_whose_point_was_spoilt_with_its_r_fails()
    {
        // A fault in k·G gives another R, and an r that fits it: s no longer does.
        var random = Seed.Create(output);
        var key = Numbers.Key(random);
        var z = Numbers.Key(random);
        var (nonce, wrong) = (Numbers.Key(random), ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random)));
        var n = ReferenceCurve.N;
        var s = ReferenceCurve.Inverse(nonce, n) * (z + (wrong.X * key)) % n;
        var odd = !wrong.Y.IsEven;
        if (s > n / 2)
        {
            (s, odd, wrong) = (n - s, !odd, ReferenceCurve.Negate(wrong));
        }

        foreach (var kernel in Kernels.Supported)
        {
            using var checker = new Checker(kernel, key);
            Assert.False(checker.Verify(z, wrong, wrong.X, s, odd ? 28 : 27));
        }
    }

    private sealed class Checker(SigningKernel kernel, BigInteger key, bool isSmall = false) : IDisposable
    {
        private readonly SecretMemory _memory = new(sizeof(SignerWorkspace));
        private readonly VerificationTable _table = MakeTable(kernel, key, isSmall);

        public bool Verify(BigInteger z, ReferencePoint point, BigInteger r, BigInteger s, int v)
        {
            var signature = new Signature([.. Numbers.ToBytes(r), .. Numbers.ToBytes(s)], v);
            var affine = new AffinePoint { X = Limbs.Field(point.X), Y = Limbs.Field(point.Y) };
            var scratch = &((SignerWorkspace*)_memory.Pointer)->Lanes;
            return SignatureVerification.VerifyVarTime(kernel, scratch, _table, Limbs.Scalar(z), in affine, in signature);
        }

        public void Dispose() => _memory.Dispose();

        private static VerificationTable MakeTable(SigningKernel kernel, BigInteger key, bool isSmall)
        {
            var publicKey = BouncyCastleReference.PublicKey(key);
            var point = new AffinePoint
            {
                X = Limbs.Field(Numbers.FromBytes(publicKey.AsSpan(0, 32))),
                Y = Limbs.Field(Numbers.FromBytes(publicKey.AsSpan(32))),
            };
            return new VerificationTable(kernel, in point, isSmall);
        }
    }
}
