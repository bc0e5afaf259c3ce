using System.Formats.Asn1;
using System.Numerics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>Signatures as others hand them out; DER is written by .NET's own encoder.</summary>
public sealed class SignatureFormatTests(ITestOutputHelper output)
{
    [Fact]
    public void Der_and_65_bytes_give_the_signature_back_with_either_form_of_v()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 200; i++)
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var signer = new OrderSigner(key, verifyAfterSign: false);
            var hash = Numbers.Hash(random);
            signer.Sign(in hash, out var signature);
            var (r, s) = (Numbers.FromBytes(signature.R), Numbers.FromBytes(signature.S));
            var high = ReferenceCurve.N - s;
            foreach (var offset in (int[])[0, 27])
            {
                Assert.Equal(signature, Signature.FromBytes([.. signature.AsSpan(), (byte)(signature.V - offset)]));
                Assert.Equal(signature, Signature.FromDer(Der(r, s), signature.V - offset));
                Assert.Equal(signature, Signature.FromDer(Der(r, high), 55 - signature.V - offset, normalizeS: true));
                Assert.Equal(
                    signature,
                    Signature.FromBytes([.. signature.R, .. Numbers.ToBytes(high), (byte)(55 - signature.V - offset)], normalizeS: true));
            }

            // Without being asked to, a high s is kept, and no verification takes it.
            var kept = Signature.FromDer(Der(r, high), 55 - signature.V);
            Assert.Equal(Numbers.ToBytes(high), kept.S.ToArray());
            Assert.False(SignatureVerifier.Verify(in hash, in kept, key.Address));

            Assert.Equal(signature, Signature.FromDer(Der(r, s), in hash, key.Address));
            Assert.Equal(signature, Signature.FromDer(Der(r, high), in hash, key.Address));
            var other = SampleHashes.One;
            Assert.Throws<FormatException>(() => Signature.FromDer(Der(r, s), in other, key.Address));
        }
    }

    [Fact]
    public void What_is_out_of_range_or_not_strict_der_is_refused_with_the_reason()
    {
        var n = ReferenceCurve.N;
        var one = BigInteger.One;
        AssertRefused("r is", () => Signature.FromDer(Der(0, 1), 27));
        AssertRefused("r is", () => Signature.FromDer(Der(n, 1), 27));
        AssertRefused("s is", () => Signature.FromDer(Der(1, 0), 27));
        AssertRefused("s is", () => Signature.FromDer(Der(1, n), 27));
        AssertRefused("33 bytes", () => Signature.FromDer(Der(one << 256, 1), 27));
        AssertRefused("v is", () => Signature.FromDer(Der(1, 1), 29));
        AssertRefused("v is", () => Signature.FromDer(Der(1, 1), 2));
        AssertRefused("65 bytes", () => Signature.FromBytes(new byte[64]));
        AssertRefused("negative or padded", () => Signature.FromDer([0x30, 7, 2, 2, 0, 1, 2, 1, 1], 27));
        AssertRefused("negative or padded", () => Signature.FromDer([0x30, 6, 2, 1, 0x81, 2, 1, 1], 27));
        AssertRefused("follow s", () => Signature.FromDer([0x30, 7, 2, 1, 1, 2, 1, 1, 0], 27));
        AssertRefused("s is no DER integer", () => Signature.FromDer([0x30, 3, 2, 1, 1], 27));
        AssertRefused("a sequence", () => Signature.FromDer([], 27));
        AssertRefused("a sequence", () => Signature.FromDer([0x30, 9, 2, 1, 1, 2, 1, 1], 27));
    }

    [Fact]
    public void Any_mutation_of_a_der_signature_is_read_as_the_encoder_reads_it_or_refused()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 20_000; i++)
        {
            var der = Der(Numbers.Key(random), Numbers.Key(random));
            for (var flips = random.Next(3); flips >= 0; flips--)
            {
                der[random.Next(random.Next(2) == 0 ? 6 : der.Length)] = (byte)random.Next(256);
            }

            try
            {
                var signature = Signature.FromDer(der, 27);
                Assert.Equal(der, Der(Numbers.FromBytes(signature.R), Numbers.FromBytes(signature.S)));
            }
            catch (FormatException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void Hash_codes_are_made_of_all_bytes()
    {
        var bytes = new byte[64];
        var first = new Signature(bytes, 27).GetHashCode();
        var hash = new OrderHash(bytes.AsSpan(0, 32)).GetHashCode();
        var address = new EthereumAddress(bytes.AsSpan(0, 20)).GetHashCode();
        var different = 0;
        for (var i = 0; i < 20; i++)
        {
            bytes[i] = 1;
            different += new Signature(bytes, 27).GetHashCode() != first ? 1 : 0;
            different += new OrderHash(bytes.AsSpan(0, 32)).GetHashCode() != hash ? 1 : 0;
            different += new EthereumAddress(bytes.AsSpan(0, 20)).GetHashCode() != address ? 1 : 0;
            bytes[i] = 0;
        }

        Assert.InRange(different, 59, 60); // a chance of 60 in 2^32 that one is the same
    }

    private static byte[] Der(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }

    private static void AssertRefused(string reason, Action read) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(read).Message, StringComparison.Ordinal);
}
