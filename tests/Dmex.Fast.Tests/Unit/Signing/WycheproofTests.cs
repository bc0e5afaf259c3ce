using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>
/// Project Wycheproof's secp256k1 files against recovery. They test verification of signatures of SHA-256 digests; here a
/// signature with low s counts as verified when v = 27 or 28 recovers the given public key, and every other must not.
/// </summary>
public sealed class WycheproofTests(ITestOutputHelper output)
{
    private enum Outcome
    {
        /// <summary>Low s, valid, and one v recovers the key.</summary>
        Recovered,

        /// <summary>Valid, but x(R) is n or more, which needs v = 29 or 30: refused here.</summary>
        LargeX,

        /// <summary>r and s in range, s high: refused; n - s is checked in its place.</summary>
        HighS,

        /// <summary>r or s is not in [1, n - 1]: refused.</summary>
        OutOfRange,

        /// <summary>In range and invalid: recovers another key or none.</summary>
        NotThisKey,

        /// <summary>No pair of 32-byte numbers can be read (DER, sizes, signs): nothing for recovery to judge.</summary>
        EncodingOnly,
    }

    [Theory]
    [InlineData("ecdsa_secp256k1_sha256_bitcoin_test.json", 463, true)]
    [InlineData("ecdsa_secp256k1_sha256_test.json", 476, false)]
    [InlineData("ecdsa_secp256k1_sha256_p1363_test.json", 252, false)]
    public void Recovery_agrees_with_every_verdict(string file, int tests, bool highSIsInvalid)
    {
        var path = Repository.SharedVector(file);
        External.Require(File.Exists(path), $"Wycheproof's {file} (at {path}, or name its folder in DMEX_SHARED)");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var counts = new SortedDictionary<Outcome, int>();
        foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var publicKey = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!)[1..];
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var outcome = Judge(test, publicKey, isDer: !file.Contains("p1363", StringComparison.Ordinal), highSIsInvalid);
                counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
            }
        }

        output.WriteLine(string.Join(", ", counts.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.Equal(tests, counts.Values.Sum());
        Assert.True(counts[Outcome.Recovered] >= 80);
        Assert.True(counts[Outcome.OutOfRange] >= 25);
    }

    private static Outcome Judge(JsonElement test, byte[] publicKey, bool isDer, bool highSIsInvalid)
    {
        var id = test.GetProperty("tcId").GetInt32();
        var valid = test.GetProperty("result").ValueEquals("valid");
        var digest = SHA256.HashData(Convert.FromHexString(test.GetProperty("msg").GetString()!));
        var encoded = Convert.FromHexString(test.GetProperty("sig").GetString()!);
        var parts = isDer ? StrictDer.Read(encoded) : ReadPair(encoded);
        if (parts is not { } pair || pair.R.Sign < 0 || pair.S.Sign < 0 || pair.R >= Numbers.Limit || pair.S >= Numbers.Limit)
        {
            Assert.False(valid, $"test {id} is valid but was not read");
            return Outcome.EncodingOnly;
        }

        var (r, s) = pair;
        var n = ReferenceCurve.N;
        if (r.IsZero || s.IsZero || r >= n || s >= n)
        {
            Assert.False(valid, $"test {id}");
            Assert.True(IsRefused(digest, r, s), $"test {id}: out of range, and not refused");
            return Outcome.OutOfRange;
        }

        if (s > n / 2)
        {
            Assert.True(IsRefused(digest, r, s), $"test {id}: high s, and not refused");
            var holds = Recovers(digest, r, n - s, publicKey) || RecoversWithLargeX(digest, r, n - s, publicKey);
            Assert.Equal(BouncyCastleReference.Verify(publicKey, digest, r, s), holds);
            Assert.True(highSIsInvalid ? !valid : holds == valid, $"test {id}");
            return Outcome.HighS;
        }

        if (Recovers(digest, r, s, publicKey))
        {
            Assert.True(valid, $"test {id}: invalid, and recovered");
            return Outcome.Recovered;
        }

        var largeX = RecoversWithLargeX(digest, r, s, publicKey);
        Assert.True(valid == largeX, $"test {id}: valid, and not recovered");
        return largeX ? Outcome.LargeX : Outcome.NotThisKey;
    }

    private static (BigInteger R, BigInteger S)? ReadPair(byte[] encoded) =>
        encoded.Length == 64 ? (Numbers.FromBytes(encoded.AsSpan(0, 32)), Numbers.FromBytes(encoded.AsSpan(32))) : null;

    private static bool Recovers(byte[] digest, BigInteger r, BigInteger s, byte[] publicKey)
    {
        byte[] rs = [.. Numbers.ToBytes(r), .. Numbers.ToBytes(s)];
        var expected = EthereumAddress.FromPublicKey(publicKey);
        var recovered = new byte[SigningKey.PublicKeySize];
        var count = 0;
        foreach (var v in new[] { 27, 28 })
        {
            var signature = new Signature(rs, v);
            if (SignerRecovery.RecoverAddressFromDigest(digest, in signature) == expected)
            {
                Assert.True(SignerRecovery.TryRecoverPublicKey(digest, in signature, recovered));
                Assert.Equal(publicKey, recovered);
                count++;
            }
        }

        return count == 1;
    }

    /// <summary>Whether the signature is valid with x(R) = r + n: by the BigInteger model, since recovery has no v for it.</summary>
    private static bool RecoversWithLargeX(byte[] digest, BigInteger r, BigInteger s, byte[] publicKey)
    {
        var expected = ReferencePoint.At(Numbers.FromBytes(publicKey.AsSpan(0, 32)), Numbers.FromBytes(publicKey.AsSpan(32)));
        return ReferenceEcdsa.Recover(digest, r + ReferenceCurve.N, s, odd: false) == expected
            || ReferenceEcdsa.Recover(digest, r + ReferenceCurve.N, s, odd: true) == expected;
    }

    private static bool IsRefused(byte[] digest, BigInteger r, BigInteger s)
    {
        byte[] rs = [.. Numbers.ToBytes(r), .. Numbers.ToBytes(s)];
        return SignerRecovery.RecoverAddressFromDigest(digest, new Signature(rs, 27)) is null
            && SignerRecovery.RecoverAddressFromDigest(digest, new Signature(rs, 28)) is null;
    }
}
