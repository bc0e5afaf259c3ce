using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Dmex.Fast.Venue.Verification;

/// <summary>
/// Recovers the signer of a cancel with BouncyCastle (SEC 1 §4.1.6), from the Ethereum personal message over the 32 bytes
/// of the order hash. Thread-safe; variable time, as everything here is public.
/// </summary>
internal static class SignatureVerifier
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);
    private static readonly byte[] OrderBytes = Curve.N.ToByteArrayUnsigned();
    private static readonly byte[] HalfOrderBytes = HalfOrder.ToByteArrayUnsigned();

    // \u0019 and not \x19: in C# the latter would swallow the E of Ethereum.
    private static ReadOnlySpan<byte> Prefix => "\u0019Ethereum Signed Message:\n32"u8;

    /// <summary>Whether r is in [1, n-1] and s in [1, n/2]: the cheap part, which is done even when the rest is deferred.</summary>
    public static bool IsInRange(in SignatureScalars scalars)
    {
        var r = scalars[..32];
        var s = scalars[32..];
        return r.ContainsAnyExcept((byte)0)
            && s.ContainsAnyExcept((byte)0)
            && r.SequenceCompareTo(OrderBytes) < 0
            && s.SequenceCompareTo(HalfOrderBytes) <= 0;
    }

    /// <summary>Recovers the 20-byte address of the signer.</summary>
    /// <returns>False when the scalars are out of range or belong to no signer.</returns>
    public static bool TryRecover(in VenueHash hash, int v, in SignatureScalars scalars, Span<byte> address)
    {
        if (v is not (27 or 28) || !IsInRange(in scalars))
        {
            return false;
        }

        Span<byte> compressed = stackalloc byte[33];
        compressed[0] = (byte)(v == 27 ? 2 : 3);
        ((ReadOnlySpan<byte>)scalars)[..32].CopyTo(compressed[1..]);
        ECPoint nonce;
        try
        {
            nonce = Curve.Curve.DecodePoint(compressed);
        }
        catch (ArgumentException)
        {
            return false; // BouncyCastle's way to say that no point has this x
        }

        Span<byte> digest = stackalloc byte[32];
        HashPersonalMessage(in hash, digest);
        var inverse = new BigInteger(1, ((ReadOnlySpan<byte>)scalars)[..32]).ModInverse(Curve.N);
        BigInteger e = new(1, digest);
        BigInteger s = new(1, ((ReadOnlySpan<byte>)scalars)[32..]);
        var scaleG = e.Negate().Multiply(inverse).Mod(Curve.N);
        var scaleR = s.Multiply(inverse).Mod(Curve.N);
        var key = ECAlgorithms.SumOfTwoMultiplies(Curve.G, scaleG, nonce, scaleR).Normalize();
        if (key.IsInfinity)
        {
            return false;
        }

        Span<byte> encoded = stackalloc byte[65];
        key.EncodeTo(compressed: false, encoded);
        Keccak(encoded[1..], [], digest);
        digest[12..].CopyTo(address);
        return true;
    }

    private static void HashPersonalMessage(in VenueHash hash, Span<byte> digest)
    {
        Span<byte> bytes = stackalloc byte[VenueHash.Size];
        hash.CopyTo(bytes);
        Keccak(Prefix, bytes, digest);
    }

    private static void Keccak(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> digest)
    {
        var keccak = new KeccakDigest(256);
        keccak.BlockUpdate(first);
        keccak.BlockUpdate(second);
        keccak.DoFinal(digest);
    }
}
