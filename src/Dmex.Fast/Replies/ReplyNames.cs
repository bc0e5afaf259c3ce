using System.Collections.Frozen;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Looks up property names in <see cref="ReplyRules.Fields"/>, without case and punctuation. Allocates nothing.</summary>
internal static class ReplyNames
{
    private const int MaxNameLength = 64;

    private static readonly FrozenDictionary<string, int> Indices = ReplyRules.Fields
        .Select((entry, index) => KeyValuePair.Create(entry.Name, index))
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Indices.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What a property is read as.</summary>
    /// <param name="reader">Stands on a property's name.</param>
    /// <param name="seen">A bit for each name of the table that the object had so far.</param>
    /// <param name="isSuspect">Whether the name is a second one of its kind, or cannot be read plainly.</param>
    public static ReplyField Find(in Utf8JsonReader reader, ref ulong seen, out bool isSuspect)
    {
        isSuspect = reader.ValueIsEscaped;
        Span<char> name = stackalloc char[MaxNameLength];
        var length = 0;
        foreach (var letter in reader.ValueSpan)
        {
            if (letter >= 0x80 || char.IsAsciiLetterOrDigit((char)letter))
            {
                if (length == MaxNameLength)
                {
                    isSuspect = true;
                    break;
                }

                name[length++] = letter < 0x80 ? char.ToLowerInvariant((char)letter) : '?';
            }
        }

        name = name[..length];
        if (Lookup.TryGetValue(name, out var index))
        {
            isSuspect |= (seen & (1UL << index)) != 0;
            seen |= 1UL << index;
            return ReplyRules.Fields[index].Field;
        }

        foreach (var part in ReplyRules.ErrorNames)
        {
            if (name.IndexOf(part, StringComparison.Ordinal) >= 0)
            {
                return ReplyField.Error;
            }
        }

        return ReplyField.Other;
    }
}
