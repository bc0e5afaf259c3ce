using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class Rfc6979VectorTests
{
    /// <summary>Key, message, nonce, and r‖s where it was published.</summary>
    public static TheoryData<string, string, string, string?> Vectors()
    {
        var data = new TheoryData<string, string, string, string?>();
        using var file = JsonDocument.Parse(File.ReadAllBytes(Repository.Vector("rfc6979-secp256k1-sha256.json")));
        foreach (var entry in file.RootElement.EnumerateArray())
        {
            data.Add(
                entry.GetProperty("key").GetString()!,
                entry.GetProperty("message").GetString()!,
                entry.GetProperty("k").GetString()!,
                entry.TryGetProperty("rs", out var rs) ? rs.GetString() : null);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_published_nonces_and_signatures_come_out(string key, string message, string nonce, string? rs)
    {
        var d = ReferenceCurve.Hex(key);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(message));
        var k = ReferenceEcdsa.Nonces(d, digest).First();
        Assert.Equal(ReferenceCurve.Hex(nonce), k);

        using var signingKey = SigningKey.Parse(key.AsSpan());
        using var signer = new OrderSigner(signingKey);
        signer.SignDigest(digest, refusedNonces: 0, out var signature);

        // The nonce itself: k = (z + r d) / s, up to the sign that low s hides.
        var r = Numbers.FromBytes(signature.R);
        var s = Numbers.FromBytes(signature.S);
        var used = (Numbers.FromBytes(digest) + (r * d)) * ReferenceCurve.Inverse(s, ReferenceCurve.N) % ReferenceCurve.N;
        Assert.Contains(ReferenceCurve.Hex(nonce), (BigInteger[])[used, ReferenceCurve.N - used]);
        Assert.Equal(BouncyCastleReference.Sign(d, digest), (r, s));
        if (rs is not null)
        {
            Assert.Equal(rs, Convert.ToHexStringLower(signature.AsSpan()));
        }
    }
}
