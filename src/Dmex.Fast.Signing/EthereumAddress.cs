using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Dmex.Fast.Signing.Conversion;
using Dmex.Fast.Signing.Hashing;

namespace Dmex.Fast.Signing;

/// <summary>
/// A 20-byte Ethereum address. Text form: <c>0x</c> and 40 hex digits whose case is the EIP-55 checksum. An immutable
/// value; safe to share between threads.
/// </summary>
[TypeConverter(typeof(TextConverter<EthereumAddress>))]
[JsonConverter(typeof(TextJsonConverter<EthereumAddress>))]
public readonly struct EthereumAddress : IEquatable<EthereumAddress>, ISpanFormattable, ISpanParsable<EthereumAddress>
{
    /// <summary>The length of the address in bytes.</summary>
    public const int Size = 20;

    /// <summary>The length of the text form: <c>0x</c> and 40 digits.</summary>
    public const int TextLength = 2 + (2 * Size);

    private readonly AddressBytes _bytes;

    /// <summary>Copies an address from its 20 bytes.</summary>
    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 20 bytes long.</exception>
    public EthereumAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An address has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = MemoryMarshal.Read<AddressBytes>(bytes);
    }

    /// <summary>The address of a public key: the last 20 bytes of Keccak-256 of x‖y.</summary>
    /// <param name="publicKey">x‖y, 64 bytes big-endian, without the 0x04 of SEC 1.</param>
    /// <exception cref="ArgumentException"><paramref name="publicKey"/> is not 64 bytes long.</exception>
    public static EthereumAddress FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 64)
        {
            throw new ArgumentException($"A public key is x and y, 64 bytes, not {publicKey.Length}.", nameof(publicKey));
        }

        Span<byte> hash = stackalloc byte[Keccak256.DigestSize];
        Keccak256.Hash(publicKey, hash);
        return new EthereumAddress(hash[12..]);
    }

    /// <summary>The 20 bytes, without a copy; valid as long as this variable is.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes;

    /// <summary>Reads <c>0x</c> and 40 hex digits: all lower case, all upper case, or with a right EIP-55 checksum.</summary>
    /// <exception cref="FormatException">The text is not an address, or its checksum is wrong.</exception>
    public static EthereumAddress Parse(ReadOnlySpan<char> s)
    {
        if (TryParse(s, out var address))
        {
            return address;
        }

        throw new FormatException(
            TryParseDigits(s, out _)
                ? "The address has a wrong EIP-55 checksum: check each digit's case, or write it all in lower case."
                : HexText.Explain(s, "An address", Size));
    }

    /// <summary>Reads an address as <see cref="Parse(ReadOnlySpan{char})"/> does; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out EthereumAddress result)
    {
        if (TryParseDigits(s, out result))
        {
            Span<char> checksummed = stackalloc char[TextLength];
            _ = result.TryFormat(checksummed, out _);
            var digits = s[2..];
            if (checksummed[2..].SequenceEqual(digits)
                || digits.IndexOfAnyInRange('A', 'F') < 0
                || digits.IndexOfAnyInRange('a', 'f') < 0)
            {
                return true;
            }
        }

        result = default;
        return false;
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static EthereumAddress Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    static EthereumAddress ISpanParsable<EthereumAddress>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<EthereumAddress>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out EthereumAddress result) =>
        TryParse(s, out result);

    static EthereumAddress IParsable<EthereumAddress>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<EthereumAddress>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, out EthereumAddress result) => TryParse(s.AsSpan(), out result);

    /// <summary>Writes the text form with its EIP-55 checksum.</summary>
    /// <param name="destination">At least 42 characters.</param>
    /// <param name="charsWritten">42, or 0 when <paramref name="destination"/> is too short.</param>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        if (!HexText.TryFormat(AsSpan(), destination, out charsWritten))
        {
            return false;
        }

        // EIP-55: a digit's letter is upper case where the nibble of Keccak-256(lower-case digits) is 8 or more.
        Span<byte> ascii = stackalloc byte[2 * Size];
        for (var i = 0; i < ascii.Length; i++)
        {
            ascii[i] = (byte)destination[2 + i];
        }

        Span<byte> hash = stackalloc byte[Keccak256.DigestSize];
        Keccak256.Hash(ascii, hash);
        for (var i = 0; i < ascii.Length; i++)
        {
            var nibble = (hash[i / 2] >> (4 * (1 - (i & 1)))) & 0xF;
            if (nibble >= 8)
            {
                destination[2 + i] = char.ToUpperInvariant(destination[2 + i]);
            }
        }

        return true;
    }

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>The text form with its EIP-55 checksum.</summary>
    public override string ToString() =>
        string.Create(TextLength, this, static (text, address) => address.TryFormat(text, out _));

    /// <inheritdoc/>
    public bool Equals(EthereumAddress other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EthereumAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => RandomizedHash.Of(AsSpan());

    /// <summary>Whether both are the same address.</summary>
    public static bool operator ==(EthereumAddress left, EthereumAddress right) => left.Equals(right);

    /// <summary>Whether they are different addresses.</summary>
    public static bool operator !=(EthereumAddress left, EthereumAddress right) => !left.Equals(right);

    private static bool TryParseDigits(ReadOnlySpan<char> s, out EthereumAddress result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var valid = s.Length == TextLength && s[0] == '0' && s[1] == 'x'
            && Convert.FromHexString(s[2..], bytes, out _, out _) == OperationStatus.Done;
        result = valid ? new EthereumAddress(bytes) : default;
        return valid;
    }

    [InlineArray(Size)]
    private struct AddressBytes
    {
        private byte _first;
    }
}
