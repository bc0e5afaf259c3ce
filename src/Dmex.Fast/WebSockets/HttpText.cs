using System.Buffers;

namespace Dmex.Fast.WebSockets;

/// <summary>The character sets of HTTP/1.1 headers, and text from a peer made fit for an error message.</summary>
internal static class HttpText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>True for one or more token characters (RFC 9110 §5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    /// <summary>True for printable ASCII, spaces and tabs: what can go into a header without a question of encoding or lines.</summary>
    public static bool IsFieldValue(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c is not ('\t' or (>= ' ' and <= '~')))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// At most <paramref name="maxLength"/> characters of <paramref name="text"/>; all but printable ASCII becomes '.', and a cut
    /// shows as "...".
    /// </summary>
    public static string Printable(ReadOnlySpan<char> text, int maxLength)
    {
        var cut = text.Length > maxLength;
        Span<char> kept = new char[Math.Min(text.Length, maxLength)];
        for (var i = 0; i < kept.Length; i++)
        {
            var c = text[i];
            kept[i] = c is '\r' or '\n' or '\t' ? ' ' : c is >= ' ' and <= '~' ? c : '.';
        }

        return cut ? string.Concat(kept, "...") : kept.ToString();
    }

    /// <summary>True when <paramref name="list"/>, separated by commas, holds <paramref name="token"/> in any case.</summary>
    public static bool ListContains(ReadOnlySpan<char> list, ReadOnlySpan<char> token)
    {
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
