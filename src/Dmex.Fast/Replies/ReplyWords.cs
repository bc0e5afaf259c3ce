using System.Collections.Frozen;

namespace Dmex.Fast.Replies;

/// <summary>Looks up single words in <see cref="ReplyWordTable.Words"/>. Allocates nothing; thread-safe.</summary>
internal static class ReplyWords
{
    private const int Letters = 26;

    private static readonly (string Stem, ReplyWord Kind)[][] Stems = MakeStems();
    private static readonly FrozenDictionary<string, ReplyWord> Exact = MakeExact();
    private static readonly FrozenDictionary<string, ReplyWord>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Exact.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The kinds of a word in lower case.</summary>
    public static ReplyWord Find(ReadOnlySpan<char> word)
    {
        if (Lookup.TryGetValue(word, out var kind))
        {
            return kind;
        }

        return word.EndsWith("n't", StringComparison.Ordinal) ? ReplyWord.Negative : FindStem(word);
    }

    private static ReplyWord FindStem(ReadOnlySpan<char> word)
    {
        var kind = ReplyWord.Unknown;
        if (!word.IsEmpty && char.IsAsciiLetterLower(word[0]))
        {
            foreach ((var stem, var stemKind) in Stems[word[0] - 'a'])
            {
                kind |= word.StartsWith(stem, StringComparison.Ordinal) ? stemKind : ReplyWord.Unknown;
            }
        }

        return kind;
    }

    private static IEnumerable<(string Word, ReplyWord Kind)> Entries() => ReplyWordTable.Words
        .SelectMany(entry => entry.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => (word, entry.Kind)));

    private static (string Stem, ReplyWord Kind)[][] MakeStems() =>
    [
        .. Enumerable.Range(0, Letters).Select(letter => Entries()
            .Where(entry => entry.Word[0] == 'a' + letter && entry.Word.EndsWith('*'))
            .Select(entry => (entry.Word[..^1], entry.Kind)).ToArray()),
    ];

    // A word has the kinds of all lists that contain it and of all its prefixes.
    private static FrozenDictionary<string, ReplyWord> MakeExact() => Entries()
        .Where(entry => !entry.Word.EndsWith('*'))
        .GroupBy(entry => entry.Word, entry => entry.Kind, StringComparer.Ordinal)
        .ToFrozenDictionary(
            group => group.Key, group => group.Aggregate(FindStem(group.Key), (all, kind) => all | kind), StringComparer.Ordinal);
}
