namespace Dmex.Fast.Replies;

/// <summary>
/// A JSON string or number as words: lower case, a single space before, between and after them, split at punctuation and
/// where lower case turns to upper case (<c>orderNotFound</c>). Hex numbers and words of <see cref="ReplyWord.Filler"/> are left
/// out, and a <c>|</c> marks where a sentence ended and another begins.
/// </summary>
internal ref struct ReplyText
{
    /// <summary>The room that a text gets, in characters; a longer one is cut.</summary>
    public const int Capacity = 512;

    private ReadOnlySpan<char> _words;
    private bool _isAfterCancel;

    /// <summary>Whether the value was longer than the room: what its end says is unknown.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The kinds that any of its words has.</summary>
    public ReplyWord Any { get; private set; }

    /// <summary>Whether every word is harmless beside a cancel word in any property; so is a text without words.</summary>
    public bool HasOnlyCompanions { get; private set; }

    /// <summary>Whether every word is harmless beside a cancel word in an order's state.</summary>
    public bool HasOnlyStateCompanions { get; private set; }

    /// <summary>Whether there is a word that no table knows. What has a digit in it, or one letter, is no word.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>Whether a word has a digit in it.</summary>
    public bool HasNumber { get; private set; }

    /// <summary>Whether "canceled" comes after "cancel" in one sentence: what was canceled may be the cancel.</summary>
    public bool IsCancelOfCancel { get; private set; }

    /// <summary>Whether it has no word, and none was cut off.</summary>
    public readonly bool IsEmpty => _words.Length <= 1 && !IsCut;

    /// <summary>Reads a value; allocates nothing.</summary>
    /// <param name="utf8">The value between its quotes; an escape in it ends a word.</param>
    /// <param name="room"><see cref="Capacity"/> characters.</param>
    public static ReplyText Read(ReadOnlySpan<byte> utf8, Span<char> room)
    {
        var text = new ReplyText { HasOnlyCompanions = true, HasOnlyStateCompanions = true };
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
                text.IsCut = true;
                text.HasOnlyCompanions = text.HasOnlyStateCompanions = false;
                break;
            }

            if (boundary && length > 1)
            {
                text._isAfterCancel = false;
                room[length++] = '|';
                room[length++] = ' ';
            }

            boundary = false;
            length = text.Append(word, room, length);
        }

        text._words = room[..length];
        return text;
    }

    /// <summary>Whether any word is of one of the kinds.</summary>
    public readonly bool Has(ReplyWord kinds) => (Any & kinds) != ReplyWord.Unknown;

    /// <summary>Whether the text contains one of the phrases.</summary>
    public readonly bool Has(ReplyPhrases phrases) => phrases.AreIn(_words);

    private int Append(ReadOnlySpan<byte> word, Span<char> room, int length)
    {
        var start = length;
        var hasDigit = false;
        foreach (var letter in word)
        {
            hasDigit |= char.IsAsciiDigit((char)letter);
            room[length++] = letter < 0x80 ? char.ToLowerInvariant((char)letter) : '?';
        }

        var kind = ReplyWords.Find(room[start..length]);
        if (kind == ReplyWord.Filler)
        {
            return start;
        }

        Any |= kind;
        HasNumber |= hasDigit;
        if ((kind & ReplyWord.Cancel) != ReplyWord.Unknown)
        {
            var isSettled = (kind & ReplyWord.Settled) != ReplyWord.Unknown;
            IsCancelOfCancel |= isSettled && _isAfterCancel;
            _isAfterCancel |= !isSettled;
        }

        HasOnlyCompanions &= (kind & ReplyWord.Companion) != ReplyWord.Unknown;
        HasOnlyStateCompanions &= (kind & (ReplyWord.Companion | ReplyWord.StateCompanion)) != ReplyWord.Unknown;
        HasUnknown |= kind == ReplyWord.Unknown && !hasDigit && word.Length > 1;
        room[length++] = ' ';
        return length;
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
