using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing;

/// <content>Signatures in the forms that other signers (hardware modules, wallets, libraries) hand out.</content>
public readonly partial struct Signature
{
    private const int ScalarSize = 32;
    private const byte DerSequence = 0x30;
    private const byte DerInteger = 0x02;

    /// <summary>Reads r‖s‖v.</summary>
    /// <param name="rsv">65 bytes: r and s, 32 bytes big-endian each, and v: 27, 28, or 0 or 1 for the same.</param>
    /// <param name="normalizeS">Whether a high s is replaced by n - s, and v by its other value, as Ethereum wants; else it is kept, and
    /// verification refuses it.</param>
    /// <exception cref="FormatException">There are not 65 bytes, or r, s or v is out of its range; the message says which.</exception>
    public static Signature FromBytes(ReadOnlySpan<byte> rsv, bool normalizeS = false) =>
        rsv.Length == Size + 1
            ? FromParts(rsv[..ScalarSize], rsv[ScalarSize..Size], rsv[Size], normalizeS)
            : throw new FormatException($"A signature with v has {Size + 1} bytes, not {rsv.Length}.");

    /// <summary>Reads a DER sequence of r and s (SEC 1, section C.8), where v is known.</summary>
    /// <param name="der">The strict form: minimal lengths, no negative integers, nothing behind.</param>
    /// <param name="v">27, 28, or 0 or 1 for the same.</param>
    /// <param name="normalizeS">As for <see cref="FromBytes"/>.</param>
    /// <exception cref="FormatException">The bytes are not such a sequence, or r, s or v is out of its range; the message says
    /// what.</exception>
    public static Signature FromDer(ReadOnlySpan<byte> der, int v, bool normalizeS = false)
    {
        Span<byte> rs = stackalloc byte[Size];
        ReadDer(der, rs);
        return FromParts(rs[..ScalarSize], rs[ScalarSize..], v, normalizeS);
    }

    /// <summary>
    /// Reads a DER sequence of r and s, and finds the v with which it is an account's signature of an order hash. s is normalized.
    /// </summary>
    /// <param name="der">As for <see cref="FromDer(ReadOnlySpan{byte}, int, bool)"/>.</param>
    /// <param name="hash">What was signed.</param>
    /// <param name="address">Who signed.</param>
    /// <exception cref="FormatException">The bytes are not such a sequence; or they are not the account's signature of the
    /// hash.</exception>
    public static Signature FromDer(ReadOnlySpan<byte> der, in OrderHash hash, in EthereumAddress address)
    {
        for (var v = 27; v <= 28; v++)
        {
            var signature = FromDer(der, v, normalizeS: true);
            if (SignatureVerifier.Verify(in hash, in signature, in address))
            {
                return signature;
            }
        }

        throw new FormatException($"This is no signature by {address} of order {hash}.");
    }

    private static Signature FromParts(ReadOnlySpan<byte> r, ReadOnlySpan<byte> s, int v, bool normalizeS)
    {
        v = v is 0 or 1 ? v + 27 : v;
        if (v is not (27 or 28))
        {
            throw new FormatException($"v is 27 or 28, or 0 or 1 for the same, not {v}.");
        }

        if ((Scalar.FromBytes(out var rScalar, r) | rScalar.IsZeroMask()) != 0)
        {
            throw new FormatException("r is at least 1 and below the order of secp256k1.");
        }

        if ((Scalar.FromBytes(out var sScalar, s) | sScalar.IsZeroMask()) != 0)
        {
            throw new FormatException("s is at least 1 and below the order of secp256k1.");
        }

        var isHigh = normalizeS && sScalar.IsHighMask() != 0;
        Scalar.ConditionalNegate(ref sScalar, isHigh ? ulong.MaxValue : 0);
        Span<byte> rs = stackalloc byte[Size];
        r.CopyTo(rs);
        sScalar.ToBytes(rs[ScalarSize..]);
        return new Signature(rs, isHigh ? 27 + 28 - v : v);
    }

    private static void ReadDer(ReadOnlySpan<byte> der, Span<byte> rs)
    {
        if (der.Length < 2 || der[0] != DerSequence || der[1] != der.Length - 2)
        {
            throw new FormatException("A DER signature is a sequence (0x30), its length in one byte, and that many bytes.");
        }

        rs.Clear();
        var rest = ReadInteger(der[2..], rs[..ScalarSize], "r");
        rest = ReadInteger(rest, rs[ScalarSize..], "s");
        if (!rest.IsEmpty)
        {
            throw new FormatException($"{rest.Length} bytes follow s in the DER signature.");
        }
    }

    /// <summary>Reads an integer into the end of its place, and returns what follows.</summary>
    private static ReadOnlySpan<byte> ReadInteger(ReadOnlySpan<byte> der, Span<byte> destination, string name)
    {
        if (der.Length < 3 || der[0] != DerInteger || der[1] == 0 || der[1] > der.Length - 2)
        {
            throw new FormatException($"{name} is no DER integer (0x02, a length of 1 to 33, and that many bytes).");
        }

        var value = der.Slice(2, der[1]);
        var isPadded = value[0] == 0 && value.Length > 1;
        if ((value[0] & 0x80) != 0 || (isPadded && (value[1] & 0x80) == 0))
        {
            throw new FormatException($"{name} is a negative or padded DER integer.");
        }

        var digits = isPadded ? value[1..] : value;
        if (digits.Length > destination.Length)
        {
            throw new FormatException($"{name} has {digits.Length} bytes in the DER signature; at most {destination.Length} are possible.");
        }

        digits.CopyTo(destination[^digits.Length..]);
        return der[(2 + value.Length)..];
    }
}
