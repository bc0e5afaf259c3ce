using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Dmex.Fast;

/// <summary>
/// How a message begins, fit for a log or a terminal: printable, of bounded length, and without signatures. Allocates, so it is
/// made only when somebody asks. Stateless; thread-safe.
/// </summary>
public static class ReplyExcerpt
{
    /// <summary>The length that <see cref="Of"/> keeps to unless told otherwise, in characters.</summary>
    public const int DefaultMaxLength = 256;

    private const int MaxWordLength = 40;
    private const int MaxWordWithDigitsLength = 20;
    private const int ShortenedLength = 10;
    private const char Left = '…';

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Secrets = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "r", "s", "v", "sig", "sign", "signature", "signatures", "signed", "secret", "token", "key",
        "apikey", "api_key", "privatekey", "private_key", "password", "passphrase", "auth", "authorization", "jwt", "cookie", "session")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The beginning of a message. The values of r, s, v, signature and other secrets are left out by their names; of any other
    /// long number or code only the first ten characters are kept, so no half of a signature is shown under a name that no one
    /// knows, and an order's hash can still be told. What cannot be printed becomes <c>?</c>, a line end a space.
    /// </summary>
    /// <param name="message">The message; any bytes are taken.</param>
    /// <param name="maxLength">The most characters to return; what is cut ends in an ellipsis.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public static string Of(ReadOnlySpan<byte> message, int maxLength = DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var text = new StringBuilder();
        var word = string.Empty;
        var redacted = -1;
        var depth = 0;
        while (!message.IsEmpty && text.Length <= maxLength)
        {
            var length = WordLength(message);
            if (length > 0)
            {
                word = Encoding.ASCII.GetString(message[..Math.Min(length, MaxWordLength + 1)]);
                _ = redacted >= 0 ? text : AppendWord(text, word);
                message = message[length..];
                continue;
            }

            _ = Rune.DecodeFromUtf8(message, out var rune, out var consumed);
            message = message[consumed..];
            if (redacted >= 0 && (depth < redacted || (depth == redacted && rune.Value is ',' or '}' or ']' or '&' or '\n')))
            {
                redacted = -1;
            }

            depth += rune.Value is '{' or '[' ? 1 : rune.Value is '}' or ']' ? -1 : 0;
            if (redacted >= 0)
            {
                continue;
            }

            _ = text.Append(Printable(rune));
            if (rune.Value is ':' or '=' && Secrets.Contains(word))
            {
                redacted = depth;
                _ = text.Append(Left);
            }
        }

        return text.Length <= maxLength ? text.ToString() : text.ToString(0, maxLength - 1) + Left;
    }

    // Letters, digits and what base64 adds: a signature is one word in any of its usual forms.
    private static int WordLength(ReadOnlySpan<byte> message)
    {
        var length = 0;
        while (length < message.Length && IsWordByte(message[length]))
        {
            length++;
        }

        return length;
    }

    private static bool IsWordByte(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'-' or (byte)'+' or (byte)'/';

    private static StringBuilder AppendWord(StringBuilder text, string word)
    {
        var isLong = word.Length > MaxWordLength || (word.Length > MaxWordWithDigitsLength && word.Any(char.IsAsciiDigit));
        return isLong ? text.Append(word, 0, ShortenedLength).Append(Left) : text.Append(word);
    }

    private static string Printable(Rune rune)
    {
        if (rune.Value is '\r' or '\n' or '\t')
        {
            return " ";
        }

        // Format characters may turn the direction of the text around them.
        var category = Rune.GetUnicodeCategory(rune);
        return category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            ? "?" : rune.ToString();
    }
}
