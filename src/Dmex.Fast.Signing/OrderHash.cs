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
/// The 32-byte hash that names an order on the venue. Text form: <c>0x</c> and 64 hex digits, read in either case and
/// written in lower case. An immutable value; safe to share between threads.
/// </summary>
[TypeConverter(typeof(TextConverter<OrderHash>))]
[JsonConverter(typeof(TextJsonConverter<OrderHash>))]
[StructLayout(LayoutKind.Sequential)]
public readonly struct OrderHash
    : IEquatable<OrderHash>, ISpanParsable<OrderHash>, IUtf8SpanParsable<OrderHash>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The length of the hash in bytes.</summary>
    public const int Size = 32;

    /// <summary>The length of the text form: <c>0x</c> and 64 digits.</summary>
    public const int TextLength = 2 + (2 * Size);

    // The 32 bytes in memory order; the four words only make copies and comparisons wide.
    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>Copies a hash from its 32 bytes.</summary>
    /// <param name="bytes">Exactly 32 bytes, first byte first.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public OrderHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An order hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<OrderHash>(bytes);
    }

    /// <summary>The 32 bytes, first byte first, without a copy; valid as long as this variable is.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in Unsafe.AsRef(in this), 1));

    /// <summary>Copies the 32 bytes.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException($"An order hash needs {Size} bytes, not {destination.Length}.", nameof(destination));
        }

        AsSpan().CopyTo(destination);
    }

    /// <summary>Reads <c>0x</c> and 64 hex digits.</summary>
    /// <param name="s">The UTF-16 text.</param>
    /// <exception cref="FormatException">The text is not a hash; the message names the position and the character.</exception>
    public static OrderHash Parse(ReadOnlySpan<char> s) =>
        TryParse(s, out var hash) ? hash : throw new FormatException(HexText.Explain(s, "An order hash", Size));

    /// <summary>Reads <c>0x</c> and 64 hex digits.</summary>
    /// <param name="utf8Text">The UTF-8 text.</param>
    /// <exception cref="FormatException">The text is not a hash; the message names the position and the character.</exception>
    public static OrderHash Parse(ReadOnlySpan<byte> utf8Text) =>
        TryParse(utf8Text, out var hash) ? hash : throw new FormatException(HexText.Explain(utf8Text, "An order hash", Size));

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static OrderHash Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    /// <summary>Reads <c>0x</c> and 64 hex digits; never throws.</summary>
    /// <param name="s">The UTF-16 text.</param>
    /// <param name="result">The hash, or the default value when the text is not one.</param>
    public static bool TryParse(ReadOnlySpan<char> s, out OrderHash result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var valid = s.Length == TextLength && s[0] == '0' && s[1] == 'x'
            && Convert.FromHexString(s[2..], bytes, out _, out _) == OperationStatus.Done;
        result = valid ? MemoryMarshal.Read<OrderHash>(bytes) : default;
        return valid;
    }

    /// <summary>Reads <c>0x</c> and 64 hex digits; never throws.</summary>
    /// <param name="utf8Text">The UTF-8 text.</param>
    /// <param name="result">The hash, or the default value when the text is not one.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out OrderHash result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var valid = utf8Text.Length == TextLength && utf8Text[0] == '0' && utf8Text[1] == 'x'
            && Convert.FromHexString(utf8Text[2..], bytes, out _, out _) == OperationStatus.Done;
        result = valid ? MemoryMarshal.Read<OrderHash>(bytes) : default;
        return valid;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out OrderHash)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, out OrderHash result) => TryParse(s.AsSpan(), out result);

    /// <summary>Refuses the default value, which names no order.</summary>
    /// <exception cref="ArgumentException">This is the default value.</exception>
    internal void ThrowIfDefault(string parameter)
    {
        if ((_word0 | _word1 | _word2 | _word3) == 0)
        {
            throw new ArgumentException(
                "An order hash of 32 zeros is the default value and names no order; nothing was signed.", parameter);
        }
    }

    static OrderHash ISpanParsable<OrderHash>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<OrderHash>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out OrderHash result) =>
        TryParse(s, out result);

    static OrderHash IUtf8SpanParsable<OrderHash>.Parse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider) => Parse(utf8Text);

    static bool IUtf8SpanParsable<OrderHash>.TryParse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider, out OrderHash result) =>
        TryParse(utf8Text, out result);

    static OrderHash IParsable<OrderHash>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<OrderHash>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out OrderHash result) =>
        TryParse(s, out result);

    /// <summary>Writes the text form.</summary>
    /// <param name="destination">At least 66 characters; a shorter one is left as it was.</param>
    /// <param name="charsWritten">66, or 0 when <paramref name="destination"/> is too short.</param>
    public bool TryFormat(Span<char> destination, out int charsWritten) => HexText.TryFormat(AsSpan(), destination, out charsWritten);

    /// <summary>Writes the text form as UTF-8.</summary>
    /// <param name="utf8Destination">At least 66 bytes; a shorter one is left as it was.</param>
    /// <param name="bytesWritten">66, or 0 when <paramref name="utf8Destination"/> is too short.</param>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten) =>
        HexText.TryFormat(AsSpan(), utf8Destination, out bytesWritten);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    bool IUtf8SpanFormattable.TryFormat(
        Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(utf8Destination, out bytesWritten);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>The text form: <c>0x</c> and 64 lower-case hex digits.</summary>
    public override string ToString() => HexText.ToText(AsSpan());

    /// <inheritdoc/>
    public bool Equals(OrderHash other) =>
        ((_word0 ^ other._word0) | (_word1 ^ other._word1) | (_word2 ^ other._word2) | (_word3 ^ other._word3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OrderHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => RandomizedHash.Of(AsSpan());

    /// <summary>Whether both name the same order.</summary>
    public static bool operator ==(OrderHash left, OrderHash right) => left.Equals(right);

    /// <summary>Whether they name different orders.</summary>
    public static bool operator !=(OrderHash left, OrderHash right) => !left.Equals(right);
}
