using System.Buffers;
using System.Collections.Frozen;

namespace Dmex.Fast.Replies;

/// <summary>A list of phrases in the notation of <see cref="ReplyPhraseTable"/>, ready for searching. Immutable; thread-safe.</summary>
internal sealed class ReplyPhrases
{
    // A prefix in the middle of a phrase matches these words.
    private static readonly Dictionary<string, string[]> Forms = new(StringComparer.Ordinal)
    {
        ["order*"] = ["order", "orders"],
        ["cancel*"] = ["cancel", "canceled", "cancelled", "cancellation", "cancelation", "canceling", "cancelling"],
        ["connect*"] = ["connect", "connection"],
    };

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _whole;
    private readonly bool _hasWhole;
    private readonly string[] _ends;
    private readonly SearchValues<string>? _anywhere;
    private readonly SearchValues<string>? _firstParts;
    private readonly string[][] _parts;

    /// <summary>Reads the notation.</summary>
    public ReplyPhrases(params ReadOnlySpan<string> phrases)
    {
        List<string> whole = [], ends = [], anywhere = [];
        List<string[]> parts = [];
        foreach (var phrase in phrases)
        {
            if (phrase.StartsWith('='))
            {
                whole.AddRange(Expand(phrase[1..]));
            }
            else if (phrase.EndsWith('$'))
            {
                ends.AddRange(Expand(phrase[..^1]));
            }
            else if (phrase.Contains(" + ", StringComparison.Ordinal))
            {
                parts.Add([.. phrase.Split(" + ").Select(part => Expand(part).Single())]);
            }
            else
            {
                anywhere.AddRange(Expand(phrase));
            }
        }

        _hasWhole = whole.Count > 0;
        _whole = whole.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _ends = [.. ends];
        _anywhere = anywhere.Count > 0 ? SearchValues.Create([.. anywhere], StringComparison.Ordinal) : null;
        _firstParts = parts.Count > 0 ? SearchValues.Create([.. parts.Select(part => part[0])], StringComparison.Ordinal) : null;
        _parts = [.. parts];
    }

    /// <summary>Whether a text contains one of the phrases.</summary>
    /// <param name="words">Words as <see cref="ReplyText"/> makes them, a space before, between and after.</param>
    public bool AreIn(ReadOnlySpan<char> words)
    {
        if ((_hasWhole && _whole.Contains(words)) || (_anywhere is not null && words.ContainsAny(_anywhere)))
        {
            return true;
        }

        foreach (var end in _ends)
        {
            if (words.EndsWith(end, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return _firstParts is not null && words.ContainsAny(_firstParts) && HasAllParts(words);
    }

    private bool HasAllParts(ReadOnlySpan<char> words)
    {
        foreach (var parts in _parts)
        {
            var hasAll = true;
            foreach (var part in parts)
            {
                hasAll = hasAll && words.IndexOf(part, StringComparison.Ordinal) >= 0;
            }

            if (hasAll)
            {
                return true;
            }
        }

        return false;
    }

    // " a b ", or " a b" where the last word is a beginning; one for each combination of forms.
    private static List<string> Expand(string phrase)
    {
        List<string> results = [" "];
        var words = phrase.Replace(":", " |", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            var isBeginning = words[i].EndsWith('*');
            if (isBeginning && i == words.Length - 1)
            {
                return [.. results.Select(result => result + words[i][..^1])];
            }

            var forms = isBeginning ? Forms[words[i]] : new[] { words[i] };
            if (!ReplyWords.Find(words[i]).HasFlag(ReplyWord.Filler))
            {
                results = [.. results.SelectMany(result => forms.Select(form => result + form + " "))];
            }
        }

        return results;
    }
}
