using System.Numerics;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Reference;

/// <summary>The references agree with each other before anything is compared with them.</summary>
public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public void The_generator_lies_on_the_curve_and_has_the_order_n()
    {
        var g = ReferenceCurve.G;
        Assert.Equal(ReferenceCurve.Mod(BigInteger.Pow(g.X, 3) + 7, ReferenceCurve.P), g.Y * g.Y % ReferenceCurve.P);
        Assert.True(ReferenceCurve.Multiply(g, ReferenceCurve.N).IsInfinity);
        Assert.Equal(ReferenceCurve.Negate(g), ReferenceCurve.Multiply(g, ReferenceCurve.N - 1));
    }

    [Fact]
    public void The_model_and_BouncyCastle_give_the_same_public_keys_and_signatures()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 10; i++)
        {
            var key = Numbers.Key(random);
            var digest = Numbers.ToBytes(Numbers.Bits256(random));
            var point = ReferenceCurve.Multiply(ReferenceCurve.G, key);
            var publicKey = BouncyCastleReference.PublicKey(key);
            Assert.Equal(publicKey, (byte[])[.. Numbers.ToBytes(point.X), .. Numbers.ToBytes(point.Y)]);

            var (r, s, v) = ReferenceEcdsa.Sign(key, digest);
            Assert.Equal(BouncyCastleReference.Sign(key, digest), (r, s));
            Assert.True(BouncyCastleReference.Verify(publicKey, digest, r, s));
            Assert.Equal(point, ReferenceEcdsa.Recover(digest, r, s, odd: v == 28));
        }
    }
}
