namespace Dmex.Fast.Keys.Files;

/// <summary>Says what is wrong with the text of a private key, without showing any of it.</summary>
internal static class KeyForm
{
    private const int Digits = 64;

    /// <summary>
    /// The fault and its remedy, of a text that is not a key. It is still treated as one: which character is no digit is found without
    /// a branch on the digits before it.
    /// </summary>
    public static (string Fault, string Remedy) Describe(ReadOnlySpan<byte> text)
    {
        var all = text;
        text = text.TrimEnd(" \t\r\n"u8);
        if (text.IsEmpty)
        {
            return ("it is empty", "Write the key into it.");
        }

        if (all.IndexOf((byte)0) >= 0 || all[0] is 0xFF or 0xFE)
        {
            return ("it is UTF-16 or binary", "Save it as plain text (ASCII), or convert it with 'iconv -f UTF-16 -t ASCII'.");
        }

        if (all.StartsWith("\uFEFF"u8))
        {
            return ("it begins with a byte-order mark", "Save it as plain text (ASCII, or UTF-8 without a byte-order mark).");
        }

        if (text[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            return ("it begins with a blank or an empty line", "Let the key begin with the first character.");
        }

        if (text.IndexOfAny((byte)'\r', (byte)'\n') >= 0)
        {
            return ("it has several lines", "Leave the key alone in it, on one line.");
        }

        if (text.StartsWith("0X"u8))
        {
            return ("it begins with 0X", "Write 0x in lower case, or leave it out.");
        }

        var digits = text.StartsWith("0x"u8) ? text[2..] : text;
        if (FirstOther(digits) is var position and > 0)
        {
            return ($"character {position} of {digits.Length} (after 0x, if that is there) is not a hex digit", "Copy the key again.");
        }

        return digits.Length == Digits
            ? ("it is 0, or not below the order of secp256k1", "Copy the key again; no account has this one.")
            : ($"it has {digits.Length} hex digits, which is too {(digits.Length < Digits ? "short" : "long")}",
                "Copy all of the key, and nothing else.");
    }

    /// <summary>The first character that is no hex digit, counted from 1; 0 when all are.</summary>
    private static int FirstOther(ReadOnlySpan<byte> digits)
    {
        var (position, isOpen) = (0, 1);
        for (var i = 0; i < digits.Length; i++)
        {
            var (decimalDigit, letter) = (digits[i] - '0', (digits[i] | 0x20) - 'a');
            var isDigit = (~(decimalDigit | (9 - decimalDigit)) >> 31) | (~(letter | (5 - letter)) >> 31);
            var isFirst = isOpen & ~isDigit & 1;
            position |= -isFirst & (i + 1);
            isOpen &= ~isFirst;
        }

        return position;
    }
}
