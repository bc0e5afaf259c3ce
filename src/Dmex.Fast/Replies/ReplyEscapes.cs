namespace Dmex.Fast.Replies;

/// <summary>Resolves JSON's escapes as far as words need it.</summary>
internal static class ReplyEscapes
{
    /// <summary>The most bytes of a value that are resolved; the rest is no longer read as words anyway.</summary>
    public const int MaxLength = 1024;

    /// <summary>Writes a JSON string without escapes: line ends become spaces, the rest of Unicode one letter.</summary>
    /// <param name="escaped">The bytes between the quotes, from a reader that accepted them.</param>
    /// <param name="room"><see cref="MaxLength"/> bytes; a longer value is cut.</param>
    /// <returns>The part of <paramref name="room"/> that was written.</returns>
    public static ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> escaped, Span<byte> room)
    {
        var length = 0;
        for (var i = 0; i < escaped.Length && length < room.Length; i++)
        {
            var value = escaped[i];
            if (value == '\\' && i + 1 < escaped.Length)
            {
                value = escaped[++i];
                if (value == 'u' && i + 4 < escaped.Length)
                {
                    value = Code(escaped.Slice(i + 1, 4));
                    i += 4;
                }
                else if (value is (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f')
                {
                    value = (byte)' ';
                }
            }

            room[length++] = value;
        }

        return room[..length];
    }

    private static byte Code(ReadOnlySpan<byte> digits)
    {
        var code = 0;
        foreach (var digit in digits)
        {
            code = (code << 4) | (char.IsAsciiDigit((char)digit) ? digit - (byte)'0' : (digit | 0x20) - (byte)'a' + 10);
        }

        return code < 0x80 ? (byte)code : (byte)0xff;
    }
}
