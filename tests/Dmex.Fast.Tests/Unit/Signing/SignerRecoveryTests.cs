using System.Numerics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class SignerRecoveryTests(ITestOutputHelper output)
{
    [Fact]
    public void The_signer_is_recovered_and_the_other_v_gives_another_address_or_none()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 200; i++)
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var signer = new OrderSigner(key, verifyAfterSign: false);
            var hash = Numbers.Hash(random);
            signer.Sign(in hash, out var signature);
            var address = SignerRecovery.RecoverAddress(in hash, in signature);
            Assert.Equal(key.Address, address);

            var other = new Signature(signature.AsSpan(), 55 - signature.V);
            Assert.NotEqual(key.Address, SignerRecovery.RecoverAddress(in hash, in other));
            Assert.True(SignatureVerifier.Verify(in hash, in signature, key.Address));
            Assert.False(SignatureVerifier.Verify(in hash, in other, key.Address));
        }
    }

    [Fact]
    public void Random_values_recover_what_the_model_recovers()
    {
        var random = Seed.Create(output);
        var publicKey = new byte[SigningKey.PublicKeySize];
        var found = 0;
        for (var i = 0; i < 40; i++)
        {
            var digest = Numbers.ToBytes(Numbers.Bits256(random));
            var r = Numbers.Key(random);
            var s = 1 + (Numbers.Bits256(random) % (ReferenceCurve.N / 2));
            var v = random.Next(27, 29);
            var signature = new Signature([.. Numbers.ToBytes(r), .. Numbers.ToBytes(s)], v);
            var recovered = SignerRecovery.TryRecoverPublicKey(digest, in signature, publicKey);
            var expected = ReferenceEcdsa.Recover(digest, r, s, odd: v == 28);
            Assert.Equal(expected.HasValue, recovered);
            if (expected is { } point)
            {
                found++;
                Assert.Equal([.. Numbers.ToBytes(point.X), .. Numbers.ToBytes(point.Y)], publicKey);
            }
        }

        Assert.InRange(found, 5, 39);
    }

    public static TheoryData<string, string> OutOfRange()
    {
        var n = ReferenceCurve.N;
        var good = Numbers.ToHex(1);
        var data = new TheoryData<string, string>();
        BigInteger[] bad = [0, n, n + 1, ReferenceCurve.P, Numbers.Limit - 1];
        foreach (var value in bad)
        {
            data.Add(Numbers.ToHex(value), good);
            data.Add(good, Numbers.ToHex(value));
        }

        data.Add(good, Numbers.ToHex((n / 2) + 1));
        data.Add(good, Numbers.ToHex(n - 1));
        return data;
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void R_and_s_out_of_range_and_high_s_are_refused(string r, string s)
    {
        byte[] rs = [.. Convert.FromHexString(r[2..]), .. Convert.FromHexString(s[2..])];
        foreach (var v in new[] { 27, 28 })
        {
            var signature = new Signature(rs, v);
            Assert.Null(SignerRecovery.RecoverAddress(default, in signature));
            Assert.Null(SignerRecovery.RecoverAddressFromDigest(new byte[32], in signature));
        }
    }

    [Fact]
    public void The_smallest_r_and_s_and_the_largest_low_s_are_taken()
    {
        // x = 1 is on the curve: 1 + 7 = 8 is a square modulo p.
        foreach (var s in new[] { BigInteger.One, ReferenceCurve.N / 2 })
        {
            var signature = new Signature([.. Numbers.ToBytes(1), .. Numbers.ToBytes(s)], 27);
            Assert.NotNull(SignerRecovery.RecoverAddressFromDigest(new byte[32], in signature));
        }
    }

    [Fact]
    public void An_r_that_is_no_x_of_the_curve_is_refused()
    {
        // 5³ + 7 = 132 is no square modulo p.
        Assert.Null(ReferenceCurve.FromX(5, odd: false));
        var signature = new Signature([.. Numbers.ToBytes(5), .. Numbers.ToBytes(1)], 27);
        Assert.Null(SignerRecovery.RecoverAddressFromDigest(new byte[32], in signature));
    }

    [Fact]
    public void Values_that_recover_to_infinity_are_refused()
    {
        // With R = k·G and s = z / k, s·R - z·G is infinity.
        var k = new BigInteger(12345);
        var point = ReferenceCurve.Multiply(ReferenceCurve.G, k);
        var digest = Numbers.ToBytes(777);
        var s = ReferenceCurve.Inverse(k, ReferenceCurve.N) * 777 % ReferenceCurve.N;
        var odd = !point.Y.IsEven;
        if (s > ReferenceCurve.N / 2)
        {
            s = ReferenceCurve.N - s;
            odd = !odd;
        }

        var signature = new Signature([.. Numbers.ToBytes(point.X), .. Numbers.ToBytes(s)], odd ? 28 : 27);
        Assert.Null(ReferenceEcdsa.Recover(digest, point.X, s, odd));
        Assert.Null(SignerRecovery.RecoverAddressFromDigest(digest, in signature));
    }

    [Fact]
    public void Points_that_coincide_on_the_way_are_added_rightly()
    {
        // s·R = -z·G: the last addition is a doubling. R = G, so s = -z.
        var z = ReferenceCurve.N - 99;
        var signature = new Signature([.. Numbers.ToBytes(ReferenceCurve.G.X), .. Numbers.ToBytes(99)], 27);
        var expected = ReferenceEcdsa.Recover(Numbers.ToBytes(z), ReferenceCurve.G.X, 99, odd: false)!.Value;
        var publicKey = new byte[SigningKey.PublicKeySize];
        Assert.True(SignerRecovery.TryRecoverPublicKey(Numbers.ToBytes(z), in signature, publicKey));
        Assert.Equal([.. Numbers.ToBytes(expected.X), .. Numbers.ToBytes(expected.Y)], publicKey);
    }

    [Fact]
    public void Wrong_lengths_name_their_parameter()
    {
        Signature signature = default;
        Assert.Throws<ArgumentException>("digest", () => SignerRecovery.RecoverAddressFromDigest(new byte[31], in signature));
        Assert.Throws<ArgumentException>("digest", () => SignerRecovery.RecoverAddressFromDigest(new byte[33], in signature));
        Assert.Throws<ArgumentException>("publicKey", () => SignerRecovery.TryRecoverPublicKey(new byte[32], in signature, new byte[63]));
    }
}
