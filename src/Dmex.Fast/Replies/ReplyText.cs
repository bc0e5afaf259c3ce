using System.Buffers;

namespace Dmex.Fast.Replies;

/// <summary>
/// A JSON string or number as words: lower case, a single space before, between and after them, split at punctuation and
/// where lower case turns to upper case (<c>orderNotFound</c>). Hex numbers and <see cref="ReplyRules.Fillers"/> are left
/// out, and a <c>|</c> stands where a sentence ended and another begins.
/// </summary>
internal readonly ref struct ReplyText
{
    /// <summary>The room that a text gets, in characters; a longer one is cut.</summary>
    public const int Capacity = 512;

    private readonly ReadOnlySpan<char> _words;

    private ReplyText(ReadOnlySpan<char> words, bool isCut)
    {
        _words = words;
        IsCut = isCut;
    }

    /// <summary>Whether the value was longer than the room: what its end says is unknown.</summary>
    public bool IsCut { get; }

    /// <summary>Reads a value; allocates nothing.</summary>
    /// <param name="utf8">The raw value between its quotes, escapes and all: an escape ends a word.</param>
    /// <param name="room"><see cref="Capacity"/> characters.</param>
    public static ReplyText Read(ReadOnlySpan<byte> utf8, Span<char> room)
    {
        room[0] = ' ';
        var length = 1;
        var index = 0;
        var boundary = false;
        while (index < utf8.Length)
        {
            var current = utf8[index];
            if (!IsWordByte(current))
            {
                boundary |= EndsSentence(utf8, index);
                index += current == '\\' ? EscapeLength(utf8, index) : 1;
                continue;
            }

            var end = EndOfWord(utf8, index);
            var word = utf8[index..end];
            index = end;
            if (IsHexNumber(word))
            {
                continue;
            }

            // A word, its space, and the boundary with its space.
            if (length + word.Length + 3 > room.Length)
            {
                return new ReplyText(room[..length], isCut: true);
            }

            if (boundary && length > 1)
            {
                room[length++] = '|';
                room[length++] = ' ';
            }

            boundary = false;
            length = Append(word, room, length);
        }

        return new ReplyText(room[..length], isCut: false);
    }

    /// <summary>Whether one of the phrases stands in the text.</summary>
    public bool HasAny(SearchValues<string> phrases) => _words.ContainsAny(phrases);

    /// <summary>Whether the whole text is one of the phrases.</summary>
    public bool IsAny(string[] phrases)
    {
        foreach (var phrase in phrases)
        {
            if (_words.SequenceEqual(phrase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the phrase stands where it has to.</summary>
    public bool Matches(string phrase, ReplyPhraseMatch match, bool isReason) => match switch
    {
        ReplyPhraseMatch.Anywhere => _words.IndexOf(phrase, StringComparison.Ordinal) >= 0,
        ReplyPhraseMatch.AtEnd => _words.EndsWith(phrase, StringComparison.Ordinal),
        ReplyPhraseMatch.Whole => _words.SequenceEqual(phrase),
        _ => isReason && _words.SequenceEqual(phrase),
    };

    /// <summary>Whether every word is one of a list of words between spaces.</summary>
    public bool HasOnly(string list)
    {
        var rest = _words;
        while (rest.Length > 1)
        {
            var end = rest[1..].IndexOf(' ') + 1;
            if (list.AsSpan().IndexOf(rest[..(end + 1)], StringComparison.Ordinal) < 0)
            {
                return false;
            }

            rest = rest[end..];
        }

        return !IsCut;
    }

    private static int Append(ReadOnlySpan<byte> word, Span<char> room, int length)
    {
        // room[length - 1] is the space before the word.
        var start = length - 1;
        foreach (var letter in word)
        {
            room[length++] = letter < 0x80 ? char.ToLowerInvariant((char)letter) : '?';
        }

        room[length++] = ' ';
        return ReplyRules.Fillers.AsSpan().IndexOf(room[start..length], StringComparison.Ordinal) >= 0 ? start + 1 : length;
    }

    private static int EndOfWord(ReadOnlySpan<byte> utf8, int start)
    {
        var isHex = IsHexNumber(utf8[start..]);
        var end = start + 1;
        while (end < utf8.Length && (IsWordByte(utf8[end]) || IsApostrophe(utf8, end))
            && (isHex || !(char.IsAsciiLetterUpper((char)utf8[end]) && char.IsAsciiLetterLower((char)utf8[end - 1]))))
        {
            end++;
        }

        return end;
    }

    private static bool IsApostrophe(ReadOnlySpan<byte> utf8, int index) =>
        utf8[index] == '\'' && index + 1 < utf8.Length && char.IsAsciiLetter((char)utf8[index + 1]);

    // Bytes beyond ASCII count as letters: a word with one is a word that no table knows.
    private static bool IsWordByte(byte value) => value >= 0x80 || char.IsAsciiLetterOrDigit((char)value);

    private static bool IsHexNumber(ReadOnlySpan<byte> word) => word.Length > 2 && word[0] == '0' && (word[1] | 0x20) == 'x';

    private static int EscapeLength(ReadOnlySpan<byte> utf8, int index) =>
        index + 1 < utf8.Length && utf8[index + 1] == 'u' ? 6 : 2;

    private static bool EndsSentence(ReadOnlySpan<byte> utf8, int index) =>
        utf8[index] is (byte)'.' or (byte)',' or (byte)';' or (byte)':' or (byte)'!' or (byte)'?' or (byte)'('
        && (index + 1 == utf8.Length || !IsWordByte(utf8[index + 1]) || utf8[index] == '(');
}
