using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>What the name of an object or an array says about what is inside.</summary>
internal readonly record struct ReplyContext
{
    /// <summary>The context of a whole text.</summary>
    public static ReplyContext Root => new() { Field = ReplyField.Wrapper, IsRoot = true };

    public ReplyScope Scope { get; init; }

    /// <summary>What single values in an array are read as.</summary>
    public ReplyField Field { get; init; }

    /// <summary>Whether it is an error, or inside one: whatever it holds is then an error.</summary>
    public bool InError { get; init; }

    /// <summary>Whether it says nothing about this order: what is against a claim in it counts against the weaker one only.</summary>
    public bool IsHarmless { get; init; }

    /// <summary>Whether it is the whole text.</summary>
    public bool IsRoot { get; init; }

    /// <summary>Whether strings in an array may be hashes.</summary>
    public bool CanHoldHashes { get; init; }

    /// <summary>What holds for every hash inside.</summary>
    public ReplyMarks Inside { get; init; }

    /// <summary>The context of the containers in it that have no name.</summary>
    public ReplyContext OfItems =>
        this with { Scope = ReplyScope.Wrapper, CanHoldHashes = false, IsRoot = false, Inside = ReplyMarks.None };

    /// <summary>The context of a container whose name is in the table.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="around">The context around it.</param>
    public static ReplyContext Of(in ReplyName name, ReplyContext around) => new()
    {
        Scope = name.Field switch
        {
            ReplyField.IsCanceled => ReplyScope.Canceled,
            ReplyField.Echo => ReplyScope.Echo,
            ReplyField.Harmless or ReplyField.HarmlessLike or ReplyField.IsFilled or ReplyField.EndedAt or ReplyField.Match
                or ReplyField.IsOpen or ReplyField.IsClosed or ReplyField.Accepted or ReplyField.Count or ReplyField.CancelCount
                => ReplyScope.Opaque,
            _ => ReplyScope.Wrapper,
        },
        Field = name.Field,
        InError = around.InError || name.Field == ReplyField.Error,
        IsHarmless = around.IsHarmless
            || name.Field is ReplyField.Harmless or ReplyField.HarmlessLike or ReplyField.IsFilled or ReplyField.EndedAt
                or ReplyField.Match,
        CanHoldHashes = name.HashRank >= 0
            || name.Field is ReplyField.IsCanceled or ReplyField.IsOpen or ReplyField.Accepted or ReplyField.Success or ReplyField.Echo,
        Inside = name.Field switch
        {
            ReplyField.IsOpen => ReplyMarks.Open,
            ReplyField.Accepted => ReplyMarks.Acknowledged,
            ReplyField.Match => ReplyMarks.Unsure,
            ReplyField.Success => ReplyMarks.Affirmed,
            _ => ReplyMarks.None,
        },
    };

    /// <summary>The context of a container whose name is in no table: the words of the name tell.</summary>
    /// <param name="reader">Stands on the name.</param>
    /// <param name="field">What its fragments make of it.</param>
    /// <param name="around">The context around it.</param>
    [SkipLocalsInit]
    public static ReplyContext OfUnknown(in Utf8JsonReader reader, ReplyField field, ReplyContext around)
    {
        Span<char> room = stackalloc char[ReplyText.Capacity];
        var text = ReplyText.Read(reader.ValueSpan, room);
        var gone = ReplyValues.Gone(in text, isReason: true);
        var context = around with { Scope = ReplyScope.Opaque, Field = field, IsRoot = false, CanHoldHashes = true, Inside = gone };
        if (field == ReplyField.Error || text.Has(ReplyWord.Negative) || gone != ReplyMarks.None)
        {
            return context with { InError = true, Field = ReplyField.Error };
        }

        if (text.Has(ReplyWord.Settled) && text.HasOnlyCompanions)
        {
            return context with { Scope = ReplyScope.Canceled };
        }

        if (text.Has(ReplyWord.Cancel) && text.HasOnlyCompanions)
        {
            // {"cancelOrder":{…}} is the answer to one.
            return context with { Scope = ReplyScope.Wrapper, CanHoldHashes = false, Inside = ReplyMarks.Named };
        }

        var inside = (text.Has(ReplyWord.Open) ? ReplyMarks.Open : ReplyMarks.None)
            | (text.Has(ReplyWord.Acknowledged) ? ReplyMarks.Acknowledged : ReplyMarks.None)
            | (text.Has(ReplyWord.Ended) ? ReplyMarks.Ended : ReplyMarks.None)
            | (ReplyStates.IsForeign(in text) ? ReplyMarks.Unsure : ReplyMarks.None);
        return context with { Inside = inside };
    }
}
