using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>
/// Whole signatures against others' implementations on fresh random input. DMEX_TEST_LONG multiplies the number of cases.
/// </summary>
public sealed class SignatureTests(ITestOutputHelper output)
{
    /// <summary>By how much the number of cases is multiplied.</summary>
    internal static readonly int Length =
        int.TryParse(Environment.GetEnvironmentVariable("DMEX_TEST_LONG"), CultureInfo.InvariantCulture, out var factor) ? factor : 1;

    private static readonly BigInteger[] EdgeKeys =
        [BigInteger.One, 2, ReferenceCurve.N / 2, (ReferenceCurve.N / 2) + 1, ReferenceCurve.N - 2, ReferenceCurve.N - 1];

    private static readonly BigInteger[] EdgeHashes =
        [BigInteger.One, 2, ReferenceCurve.N - 1, ReferenceCurve.N, ReferenceCurve.N + 1, Numbers.Limit - 1];

    [Fact]
    public void BouncyCastle_makes_the_same_signatures()
    {
        foreach (var (key, hash) in Cases(Seed.Create(output), 1_000 * Length))
        {
            var (signature, address, digest) = Sign(key, hash);
            var (r, s) = BouncyCastleReference.Sign(key, digest);
            Assert.Equal((r, s), (Numbers.FromBytes(signature.R), Numbers.FromBytes(signature.S)));

            // BouncyCastle gives no v: the right one is the one that recovers the signer.
            var recovered = SignerRecovery.RecoverAddressFromDigest(digest, in signature);
            Assert.Equal(address, recovered);
        }
    }

    [Fact]
    public void NBitcoin_makes_the_same_signatures()
    {
        var theirs = new byte[64];
        foreach (var (key, hash) in Cases(Seed.Create(output), 1_000 * Length))
        {
            var (signature, _, digest) = Sign(key, hash);
            using var peer = new NBitcoinSigner(Numbers.ToBytes(key));
            var v = peer.SignDigest(digest, theirs);
            Assert.Equal(new Signature(theirs, v), signature);
        }
    }

    [Fact]
    public void Nethereum_makes_the_same_signatures_of_the_same_messages()
    {
        var theirs = new byte[64];
        foreach (var (key, hash) in Cases(Seed.Create(output), 1_000 * Length))
        {
            var (signature, _, _) = Sign(key, hash);
            using var peer = new NethereumSigner(Numbers.ToBytes(key));
            var v = peer.Sign(Numbers.ToBytes(hash), theirs);
            Assert.Equal(new Signature(theirs, v), signature);
        }
    }

    [Fact]
    public void Libsecp256k1_makes_the_same_signatures()
    {
        External.RequireLibSecp256k1();
        using var library = new LibSecp256k1();
        var count = 0;
        foreach (var (key, hash) in Cases(Seed.Create(output), 10_000 * Length))
        {
            var (signature, _, digest) = Sign(key, hash);
            Assert.Equal(library.Sign(digest, Numbers.ToBytes(key)), signature);
            count++;
        }

        output.WriteLine($"{count} signatures compared");
    }

    [Fact]
    public void Libsecp256k1_recovers_the_same_signers()
    {
        External.RequireLibSecp256k1();
        var random = Seed.Create(output);
        using var library = new LibSecp256k1();
        var (ours, theirs) = (new byte[SigningKey.PublicKeySize], new byte[SigningKey.PublicKeySize]);
        var found = 0;
        for (var i = 0; i < 3_000 * Length; i++)
        {
            // Values of no key's making: half of them are no x of the curve.
            var digest = Numbers.ToBytes(Numbers.Bits256(random));
            byte[] rs =
                [.. Numbers.ToBytes(Numbers.Key(random)), .. Numbers.ToBytes(1 + (Numbers.Bits256(random) % (ReferenceCurve.N / 2)))];
            var signature = new Signature(rs, random.Next(27, 29));
            var recovered = SignerRecovery.TryRecoverPublicKey(digest, in signature, ours);
            Assert.Equal(library.TryRecover(digest, in signature, theirs), recovered);
            if (recovered)
            {
                Assert.Equal(theirs, ours);
                found++;
            }
        }

        Assert.True(found > 1_000);
    }

    [Fact]
    public async Task Web3_js_makes_the_same_signatures_and_messages()
    {
        NodePeer.Require("web3");
        var cases = Cases(Seed.Create(output), 1_000 * Length).ToArray();
        var lines = await NodePeer.RunAsync("web3-sign.mjs", cases.Select(c => $"{Numbers.ToHex(c.Key)} {Numbers.ToHex(c.Hash)}"));
        Assert.Equal(cases.Length, lines.Length);
        var message = new byte[CancelMessage.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            using var document = JsonDocument.Parse(lines[i]);
            var (signature, _, _) = Sign(cases[i].Key, cases[i].Hash);
            CancelMessage.Write(new OrderHash(Numbers.ToBytes(cases[i].Hash)), in signature, message);
            Assert.Equal(document.RootElement.GetProperty("message").GetString(), Encoding.UTF8.GetString(message));
            Assert.Equal(document.RootElement.GetProperty("v").GetInt32(), signature.V);
            Assert.Equal(document.RootElement.GetProperty("r").GetString(), "0x" + Convert.ToHexStringLower(signature.R));
            Assert.Equal(document.RootElement.GetProperty("s").GetString(), "0x" + Convert.ToHexStringLower(signature.S));
        }
    }

    private static IEnumerable<(BigInteger Key, BigInteger Hash)> Cases(Random random, int count)
    {
        foreach (var key in EdgeKeys)
        {
            foreach (var hash in EdgeHashes)
            {
                yield return (key, hash);
            }
        }

        for (var i = 0; i < count; i++)
        {
            yield return (Numbers.Key(random), Numbers.Bits256(random));
        }
    }

    /// <summary>Signs with every kernel of this processor, which must agree.</summary>
    private static (Signature Signature, EthereumAddress Address, byte[] Digest) Sign(BigInteger key, BigInteger hashValue)
    {
        var hash = new OrderHash(Numbers.ToBytes(hashValue));
        using var signingKey = SigningKey.FromBytes(Numbers.ToBytes(key));
        var signature = Kernels.SignWithEach(signingKey, in hash);
        var digest = new byte[32];
        PersonalMessage.Digest(in hash, digest);
        return (signature, signingKey.Address, digest);
    }
}
