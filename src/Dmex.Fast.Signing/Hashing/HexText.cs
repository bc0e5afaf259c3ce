namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// Hex text of public values: <c>0x</c> and two lower-case digits per byte. Variable time; the private key has its own
/// reader in <see cref="SigningKey"/>.
/// </summary>
internal static class HexText
{
    /// <summary>Writes <c>0x</c> and the digits of <paramref name="bytes"/>, or nothing when they do not fit.</summary>
    public static bool TryFormat(ReadOnlySpan<byte> bytes, Span<char> destination, out int charsWritten)
    {
        charsWritten = 0;
        if (destination.Length < 2 + (2 * bytes.Length))
        {
            return false;
        }

        destination[0] = '0';
        destination[1] = 'x';
        _ = Convert.TryToHexStringLower(bytes, destination[2..], out var digits);
        charsWritten = 2 + digits;
        return true;
    }

    /// <inheritdoc cref="TryFormat(ReadOnlySpan{byte}, Span{char}, out int)"/>
    public static bool TryFormat(ReadOnlySpan<byte> bytes, Span<byte> utf8Destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (utf8Destination.Length < 2 + (2 * bytes.Length))
        {
            return false;
        }

        utf8Destination[0] = (byte)'0';
        utf8Destination[1] = (byte)'x';
        _ = Convert.TryToHexStringLower(bytes, utf8Destination[2..], out var digits);
        bytesWritten = 2 + digits;
        return true;
    }

    /// <summary>The text form as a new string.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes) =>
        string.Create(2 + (2 * bytes.Length), bytes, static (text, source) => TryFormat(source, text, out _));

    /// <summary>Says what is wrong with a public text that is not <c>0x</c> and <paramref name="size"/> bytes in hex.</summary>
    public static string Explain(ReadOnlySpan<char> text, string what, int size)
    {
        var expected = $"{what} is 0x and {2 * size} hex digits";
        if (text.Length < 2 || text[0] != '0' || text[1] != 'x')
        {
            return text.IsEmpty ? $"{expected}; the text is empty." : $"{expected}; the text does not begin with 0x.";
        }

        for (var i = 2; i < text.Length && i < 2 + (2 * size); i++)
        {
            if (!char.IsAsciiHexDigit(text[i]))
            {
                return $"{expected}; position {i} holds {Show(text[i])}.";
            }
        }

        return $"{expected}; the text has {text.Length - 2} characters after 0x.";
    }

    /// <inheritdoc cref="Explain(ReadOnlySpan{char}, string, int)"/>
    public static string Explain(ReadOnlySpan<byte> utf8Text, string what, int size)
    {
        // A byte that is not ASCII is wrong wherever it stands, so widening byte by byte names the right position.
        var shown = utf8Text[..Math.Min(utf8Text.Length, 2 + (2 * size) + 1)];
        Span<char> wide = stackalloc char[shown.Length];
        for (var i = 0; i < shown.Length; i++)
        {
            wide[i] = (char)shown[i];
        }

        return utf8Text.Length <= 2 + (2 * size) || !IsPrefixedHex(wide[..(2 + (2 * size))])
            ? Explain(wide, what, size)
            : $"{what} is 0x and {2 * size} hex digits; the text has {utf8Text.Length - 2} characters after 0x.";
    }

    private static bool IsPrefixedHex(ReadOnlySpan<char> text)
    {
        if (text[0] != '0' || text[1] != 'x')
        {
            return false;
        }

        foreach (var c in text[2..])
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    private static string Show(char c) => c is > ' ' and < '\u007f' ? $"'{c}'" : $"U+{(int)c:X4}";
}
