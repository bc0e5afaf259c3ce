using System.Numerics;
using Dmex.Fast.Signing.Hashing;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using BcInteger = Org.BouncyCastle.Math.BigInteger;

namespace Dmex.Fast.Tests.Proofs.Reference;

/// <summary>BouncyCastle's Keccak-256, k·G and deterministic ECDSA.</summary>
internal static class BouncyCastleReference
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);

    public static byte[] Keccak256(ReadOnlySpan<byte> message)
    {
        var keccak = new KeccakDigest(256);
        keccak.BlockUpdate(message);
        var digest = new byte[32];
        _ = keccak.DoFinal(digest);
        return digest;
    }

    /// <summary>x‖y of k · G.</summary>
    public static byte[] PublicKey(BigInteger k) =>
        Curve.G.Multiply(new BcInteger(1, Numbers.ToBytes(k))).Normalize().GetEncoded(compressed: false)[1..];

    /// <summary>r and s by HMacDsaKCalculator with SHA-256, s made low; it gives no v.</summary>
    public static (BigInteger R, BigInteger S) Sign(BigInteger key, byte[] digest)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(new BcInteger(1, Numbers.ToBytes(key)), Domain));
        var parts = signer.GenerateSignature(digest);
        var r = Numbers.FromBytes(parts[0].ToByteArrayUnsigned());
        var s = Numbers.FromBytes(parts[1].ToByteArrayUnsigned());
        return (r, s > ReferenceCurve.N / 2 ? ReferenceCurve.N - s : s);
    }

    public static bool Verify(byte[] publicKey, byte[] digest, BigInteger r, BigInteger s)
    {
        var signer = new ECDsaSigner();
        var point = Curve.Curve.DecodePoint([0x04, .. publicKey]);
        signer.Init(forSigning: false, new ECPublicKeyParameters(point, Domain));
        return signer.VerifySignature(digest, new BcInteger(1, Numbers.ToBytes(r)), new BcInteger(1, Numbers.ToBytes(s)));
    }
}
