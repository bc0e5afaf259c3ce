using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

/// <summary>
/// Signs cancels with BouncyCastle and writes them with System.Text.Json, so that the venue is tested with nothing of the
/// library it is there to test.
/// </summary>
internal sealed class CancelSigner
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);

    private readonly BigInteger _key;
    private readonly ECPoint _public;

    public CancelSigner(int key)
    {
        _key = BigInteger.ValueOf(key);
        _public = Curve.G.Multiply(_key).Normalize();
        Address = Keccak(_public.GetEncoded(false).AsSpan(1))[12..];
    }

    public static BigInteger Order => Curve.N;

    public byte[] Address { get; }

    public static byte[] Hash(int number)
    {
        var hash = new byte[32];
        hash[0] = 0xab; // a letter, so that the case of the digits shows
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(hash.AsSpan(28), number);
        return hash;
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    public static string Hex(BigInteger value) => "0x" + value.ToString(16).PadLeft(64, '0');

    public static string Message(string hash, int v, string r, string s) =>
        $$$"""{"op":"cancel_order","data":{"order_hash":"{{{hash}}}","v":{{{v}}},"r":"{{{r}}}","s":"{{{s}}}"}}""";

    /// <summary>The cancel of an order as it goes on the wire.</summary>
    public string Cancel(byte[] hash)
    {
        (var v, var r, var s) = Sign(hash);
        return Message(Hex(hash), v, Hex(r), Hex(s));
    }

    public (int V, BigInteger R, BigInteger S) Sign(byte[] hash)
    {
        byte[] message = [.. "\u0019Ethereum Signed Message:\n32"u8, .. hash];
        var digest = Keccak(message);
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, new ECPrivateKeyParameters(_key, Domain));
        var pair = signer.GenerateSignature(digest);
        var r = pair[0];
        var s = pair[1].CompareTo(Curve.N.ShiftRight(1)) > 0 ? Curve.N.Subtract(pair[1]) : pair[1];

        // The nonce's point from the verification equation, with the final s: the parity of its y is what v says.
        var inverse = s.ModInverse(Curve.N);
        BigInteger e = new(1, digest);
        var nonce = ECAlgorithms.SumOfTwoMultiplies(
            Curve.G, e.Multiply(inverse).Mod(Curve.N), _public, r.Multiply(inverse).Mod(Curve.N)).Normalize();
        return (27 + (nonce.AffineYCoord.TestBitZero() ? 1 : 0), r, s);
    }

    private static byte[] Keccak(ReadOnlySpan<byte> bytes)
    {
        var keccak = new KeccakDigest(256);
        keccak.BlockUpdate(bytes);
        var digest = new byte[32];
        keccak.DoFinal(digest);
        return digest;
    }
}
