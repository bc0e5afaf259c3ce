using System.Numerics;
using System.Security.Cryptography;

namespace Dmex.Fast.Tests.Proofs.Reference;

/// <summary>ECDSA with the nonce of RFC 6979, by the book: HMACSHA256 and BigInteger.</summary>
internal static class ReferenceEcdsa
{
    /// <summary>The candidates of RFC 6979, section 3.2, that lie in [1, n - 1], in order and without end.</summary>
    public static IEnumerable<BigInteger> Nonces(BigInteger key, byte[] digest)
    {
        var k = new byte[32];
        var v = new byte[32];
        Array.Fill(v, (byte)0x01);
        byte[] keyAndDigest = [.. Numbers.ToBytes(key), .. Numbers.ToBytes(Numbers.FromBytes(digest) % ReferenceCurve.N)];

        k = Hmac(k, [.. v, 0x00, .. keyAndDigest]);
        v = Hmac(k, v);
        k = Hmac(k, [.. v, 0x01, .. keyAndDigest]);
        v = Hmac(k, v);
        while (true)
        {
            v = Hmac(k, v);
            var candidate = Numbers.FromBytes(v);
            if (candidate.Sign > 0 && candidate < ReferenceCurve.N)
            {
                yield return candidate;
            }

            k = Hmac(k, [.. v, 0x00]);
            v = Hmac(k, v);
        }
    }

    /// <summary>r, s (low) and v = 27 or 28, with the first nonce after <paramref name="refusedNonces"/> good ones.</summary>
    public static (BigInteger R, BigInteger S, int V) Sign(BigInteger key, byte[] digest, int refusedNonces = 0) =>
        SignWith(Nonces(key, digest).Skip(refusedNonces).First(), key, digest);

    public static (BigInteger R, BigInteger S, int V) SignWith(BigInteger nonce, BigInteger key, byte[] digest)
    {
        var n = ReferenceCurve.N;
        var point = ReferenceCurve.Multiply(ReferenceCurve.G, nonce);
        var s = ReferenceCurve.Inverse(nonce, n) * (Numbers.FromBytes(digest) + (point.X * key)) % n;
        var odd = !point.Y.IsEven;
        return s > n / 2 ? (point.X % n, n - s, odd ? 27 : 28) : (point.X % n, s, odd ? 28 : 27);
    }

    /// <summary>The public key, from R with x(R) = <paramref name="x"/> (r, or r + n) and the parity of y; null for none.</summary>
    public static ReferencePoint? Recover(byte[] digest, BigInteger x, BigInteger s, bool odd)
    {
        if (x >= ReferenceCurve.P || ReferenceCurve.FromX(x, odd) is not { } point)
        {
            return null;
        }

        var n = ReferenceCurve.N;
        var inverse = ReferenceCurve.Inverse(x, n);
        var u1 = ReferenceCurve.Mod(-Numbers.FromBytes(digest) * inverse, n);
        var u2 = s * inverse % n;
        var key = ReferenceCurve.Add(ReferenceCurve.Multiply(ReferenceCurve.G, u1), ReferenceCurve.Multiply(point, u2));
        return key.IsInfinity ? null : key;
    }

    private static byte[] Hmac(byte[] key, byte[] message) => HMACSHA256.HashData(key, message);
}
