using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Dmex.Fast.Bench.Signing;

/// <summary>The usual managed way: BouncyCastle's deterministic ECDSA on its fastest form of the curve. It gives no v.</summary>
internal sealed class BouncyCastleSigner
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);
    private readonly ECDsaSigner _signer = new(new HMacDsaKCalculator(new Sha256Digest()));

    public BouncyCastleSigner(byte[] key) =>
        _signer.Init(forSigning: true, new ECPrivateKeyParameters(new BigInteger(1, key), Domain));

    /// <summary>Writes r‖s with s made low.</summary>
    public void Sign(byte[] digest, byte[] rs)
    {
        var parts = _signer.GenerateSignature(digest);
        var s = parts[1].CompareTo(Curve.N.ShiftRight(1)) > 0 ? Curve.N.Subtract(parts[1]) : parts[1];
        Write(parts[0], rs.AsSpan(0, 32));
        Write(s, rs.AsSpan(32));
    }

    private static void Write(BigInteger value, Span<byte> destination)
    {
        var bytes = value.ToByteArrayUnsigned();
        destination[..^bytes.Length].Clear();
        bytes.CopyTo(destination[^bytes.Length..]);
    }
}
