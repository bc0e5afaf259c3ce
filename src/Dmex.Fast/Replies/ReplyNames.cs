using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Looks up property names in <see cref="ReplyNameTable"/>, without case and punctuation. Allocates nothing.</summary>
internal static class ReplyNames
{
    private const int MaxNameLength = 64;

    private static readonly FrozenDictionary<string, ReplyName> Exact = MakeExact();
    private static readonly FrozenDictionary<string, ReplyName>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Exact.GetAlternateLookup<ReadOnlySpan<char>>();

    // From first to last: the first that is found decides.
    private static readonly (SearchValues<string> Fragments, ReplyField Field)[] ByFragment =
    [
        (Of(ReplyNameTable.StateFirst), ReplyField.StateLike),
        (Of(ReplyNameTable.HarmlessFirst), ReplyField.HarmlessLike),
        (Of(ReplyNameTable.Reasons), ReplyField.Reason),
        (Of(ReplyNameTable.CodeLike), ReplyField.CodeLike),
        (Of(ReplyNameTable.StateLike), ReplyField.StateLike),
        (Of(ReplyNameTable.Remaining), ReplyField.Remaining),
        (Of(ReplyNameTable.OpenLike), ReplyField.OpenLike),
        (Of(ReplyNameTable.Counts), ReplyField.Count),
        (Of(ReplyNameTable.Texts), ReplyField.Text),
        (Of(ReplyNameTable.Other), ReplyField.Other),
        (Of(ReplyNameTable.Harmless), ReplyField.HarmlessLike),
    ];

    private static readonly SearchValues<string> Errors = Of(ReplyNameTable.Errors);

    /// <summary>What a property is read as.</summary>
    /// <param name="reader">Stands on a property's name.</param>
    /// <param name="isCut">Whether the name is too long to be known.</param>
    [SkipLocalsInit]
    public static ReplyName Find(in Utf8JsonReader reader, out bool isCut)
    {
        scoped var value = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            value = ReplyEscapes.Resolve(value, stackalloc byte[ReplyEscapes.MaxLength]);
        }

        Span<char> room = stackalloc char[MaxNameLength];
        ReadOnlySpan<char> name = Normalize(value, room, out isCut);
        return Lookup.TryGetValue(name, out var entry) ? entry : new ReplyName(ByFragments(name), -1);
    }

    /// <summary>What a property of this name, in UTF-8, is read as.</summary>
    public static ReplyField Find(ReadOnlySpan<byte> utf8)
    {
        Span<char> room = stackalloc char[MaxNameLength];
        ReadOnlySpan<char> name = Normalize(utf8, room, out _);
        return Lookup.TryGetValue(name, out var entry) ? entry.Field : ByFragments(name);
    }

    private static Span<char> Normalize(scoped ReadOnlySpan<byte> value, Span<char> room, out bool isCut)
    {
        isCut = false;
        var length = 0;
        foreach (var letter in value)
        {
            if (letter >= 0x80 || char.IsAsciiLetterOrDigit((char)letter))
            {
                if (length == room.Length)
                {
                    isCut = true;
                    break;
                }

                room[length++] = letter < 0x80 ? char.ToLowerInvariant((char)letter) : '?';
            }
        }

        return room[..length];
    }

    private static ReplyField ByFragments(ReadOnlySpan<char> name)
    {
        if (name.ContainsAny(Errors))
        {
            return ReplyField.Error;
        }

        if (name.EndsWith(ReplyNameTable.Update, StringComparison.Ordinal) && !name.StartsWith("last", StringComparison.Ordinal))
        {
            return ReplyField.StateLike;
        }

        if (HasAny(ReplyNameTable.HarmlessBeginnings, name, atEnd: false) || HasAny(ReplyNameTable.HarmlessEnds, name, atEnd: true))
        {
            return ReplyField.HarmlessLike;
        }

        foreach ((var fragments, var field) in ByFragment)
        {
            if (name.ContainsAny(fragments))
            {
                return field;
            }
        }

        return name.EndsWith(ReplyNameTable.HarmlessId, StringComparison.Ordinal) ? ReplyField.HarmlessLike : ReplyField.Other;
    }

    private static bool HasAny(string[] parts, ReadOnlySpan<char> name, bool atEnd)
    {
        foreach (var part in parts)
        {
            if (atEnd ? name.EndsWith(part, StringComparison.Ordinal) : name.StartsWith(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static SearchValues<string> Of(string[] fragments) => SearchValues.Create(fragments, StringComparison.Ordinal);

    private static FrozenDictionary<string, ReplyName> MakeExact()
    {
        Dictionary<string, ReplyName> names = new(StringComparer.Ordinal);
        foreach ((var rank, var list) in ReplyNameTable.Hashes)
        {
            foreach (var name in list.Split(' '))
            {
                names.Add(name, new ReplyName(ReplyField.Hash, (sbyte)rank));
            }
        }

        foreach ((var field, var list) in ReplyNameTable.Names)
        {
            foreach (var name in list.Split(' '))
            {
                var rank = names.TryGetValue(name, out var known) ? known.HashRank : (sbyte)-1;
                names[name] = new ReplyName(field, rank);
            }
        }

        // "data" is no field of its own: it wraps, and may hold a hash.
        names["data"] = new ReplyName(ReplyField.Wrapper, 0);
        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
