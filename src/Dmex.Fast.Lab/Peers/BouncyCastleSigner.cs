using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;

namespace Dmex.Fast.Lab.Peers;

/// <summary>
/// The usual way to sign in .NET: BouncyCastle's deterministic ECDSA on its fast curve, s made low. It is given its best
/// case: v comes from the nonce's point as it passes by, where most programs recover the key once or twice to find it.
/// Not thread-safe.
/// </summary>
internal sealed class BouncyCastleSigner : IMessageSigner
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);
    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);

    private readonly PersonalDigest _digest = new();
    private readonly PointKeepingSigner _signer = new();
    private readonly byte[] _hash = new byte[PersonalDigest.Size];

    /// <summary>Takes a private key.</summary>
    /// <param name="privateKey">32 bytes big-endian; BouncyCastle keeps a copy that cannot be wiped.</param>
    public BouncyCastleSigner(ReadOnlySpan<byte> privateKey) =>
        _signer.Init(forSigning: true, new ECPrivateKeyParameters(new BigInteger(1, privateKey), Domain));

    /// <inheritdoc/>
    public int Sign(ReadOnlySpan<byte> orderHash, Span<byte> signature)
    {
        _digest.Compute(orderHash, _hash);
        return SignDigest(_hash, signature);
    }

    /// <summary>Signs a 32-byte digest; the result is as of <see cref="Sign"/>.</summary>
    public int SignDigest(byte[] digest, Span<byte> signature)
    {
        var parts = _signer.GenerateSignature(digest);
        var (r, s) = (parts[0], parts[1]);
        var odd = _signer.NoncePointIsOdd;
        if (s.CompareTo(HalfOrder) > 0)
        {
            s = Curve.N.Subtract(s);
            odd = !odd;
        }

        BigIntegers.AsUnsignedByteArray(r, signature[..32]);
        BigIntegers.AsUnsignedByteArray(s, signature[32..64]);
        return odd ? 28 : 27;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class PointKeepingSigner : ECDsaSigner
    {
        private readonly PointKeepingMultiplier _multiplier = new();

        public PointKeepingSigner()
            : base(new HMacDsaKCalculator(new Sha256Digest()))
        {
        }

        public bool NoncePointIsOdd => _multiplier.Last!.Normalize().AffineYCoord.TestBitZero();

        protected override ECMultiplier CreateBasePointMultiplier() => _multiplier;
    }

    private sealed class PointKeepingMultiplier : ECMultiplier
    {
        private readonly FixedPointCombMultiplier _inner = new();

        public ECPoint? Last { get; private set; }

        public ECPoint Multiply(ECPoint p, BigInteger k)
        {
            // Normalized here, so that the signer's own normalization and the parity share one inversion.
            Last = _inner.Multiply(p, k).Normalize();
            return Last;
        }
    }
}
