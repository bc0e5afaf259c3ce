using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Reads single values by <see cref="ReplyRules"/>. Stateless.</summary>
internal static class ReplyValues
{
    private const double MaxRetrySeconds = 86_400;

    // What the venue's words are worth as the reason that the caller gets to see.
    private const int RankOfStatus = 1;
    private const int RankOfCode = 2;
    private const int RankOfError = 3;
    private const int RankOfReason = 4;
    private const int RankOfText = 5;

    /// <summary>Adds what one scalar value says to the facts of its object.</summary>
    /// <param name="reader">Stands on the value: a string, a number, true, false or null.</param>
    /// <param name="field">What the property is read as.</param>
    /// <param name="inError">Whether the object is an error itself, or inside one: whatever it holds is then an error.</param>
    /// <param name="facts">The facts of the object.</param>
    [SkipLocalsInit]
    public static void Add(in Utf8JsonReader reader, ReplyField field, bool inError, ref ReplyFacts facts)
    {
        if (reader.TokenType == JsonTokenType.Null || (field is ReplyField.Other or ReplyField.Wrapper or ReplyField.Hash && !inError))
        {
            return;
        }

        Span<char> room = stackalloc char[ReplyText.Capacity];
        var text = ReplyText.Read(reader.ValueSpan, room);
        var isString = reader.TokenType == JsonTokenType.String;
        if (reader.ValueIsEscaped && field is not (ReplyField.Text or ReplyField.Reason))
        {
            facts.Marks |= ReplyMarks.Unsure;
        }

        switch (field)
        {
            case ReplyField.RetryAfterSeconds or ReplyField.RetryAfterMilliseconds:
                facts.RetryAfter ??= RetryAfter(reader.ValueSpan, field == ReplyField.RetryAfterSeconds ? 1 : 0.001);
                return;
            case ReplyField.Operation:
                facts.Marks |= ReplyMarks.HasOperation | Operation(in text);
                Offer(in reader, RankOfStatus, ref facts);
                break;
            case ReplyField.Outcome:
                facts.Marks |= isString || reader.TokenType != JsonTokenType.Number
                    ? Outcome(in text)
                    : Number(reader.ValueSpan, ReplyMarks.Unsure);
                Offer(in reader, RankOfStatus, ref facts);
                break;
            case ReplyField.Success:
                facts.Marks |= Success(in text, reader.ValueSpan);
                break;
            case ReplyField.IsCanceled:
                facts.Marks |= text.HasAny(ReplyRules.Errors) || IsZero(reader.ValueSpan) ? ReplyMarks.Pending : ReplyMarks.None;
                return;
            case ReplyField.IsOpen:
                facts.Marks |= reader.TokenType == JsonTokenType.True ? ReplyMarks.Pending : ReplyMarks.None;
                return;
            case ReplyField.Code:
                facts.Marks |= Code(in text, reader.ValueSpan);
                Offer(in reader, RankOfCode, ref facts);
                break;
            case ReplyField.Text or ReplyField.Reason:
                facts.Marks |= Retryable(in text) | (SoundsWrong(in text) ? ReplyMarks.WeakDoubt : ReplyMarks.None);
                Offer(in reader, field == ReplyField.Text ? RankOfText : RankOfReason, ref facts);
                break;
        }

        var isError = inError || field == ReplyField.Error;
        if (isError && !text.IsAny(ReplyRules.NoError) && !IsZero(reader.ValueSpan) && !IsGoodCode(field, reader.ValueSpan))
        {
            facts.Marks |= ReplyMarks.Error | Retryable(in text) | RetryableCode(reader.ValueSpan);
            Offer(in reader, RankOfError, ref facts);
        }

        // An operation's name says what the message is about, not how the order went, unless it names an error.
        if (isString && (isError || field != ReplyField.Operation || text.HasAny(ReplyRules.Errors)))
        {
            var gone = Gone(in text, field is ReplyField.Reason);
            facts.Marks |= gone;
            if (field == ReplyField.Code && gone != ReplyMarks.None)
            {
                facts.Marks |= ReplyMarks.Error;
            }
        }
    }

    private static void Offer(in Utf8JsonReader reader, int rank, ref ReplyFacts facts)
    {
        var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
        facts.OfferReason(rank, (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length);
    }

    private static ReplyMarks Operation(in ReplyText text)
    {
        var retryable = Retryable(in text);
        var marks = retryable == ReplyMarks.None ? ReplyMarks.None : retryable | ReplyMarks.Error;
        var isCancel = text.HasAny(ReplyRules.Named);
        marks |= isCancel ? ReplyMarks.Named : ReplyMarks.None;
        if (text.HasAny(ReplyRules.Errors))
        {
            marks |= ReplyMarks.Error;
        }
        else if (text.HasAny(ReplyRules.Pending))
        {
            marks |= ReplyMarks.Pending;
        }
        else if (isCancel)
        {
            marks |= Claim(in text);
        }

        var isOther = !isCancel && text.HasAny(ReplyRules.OtherOperations);
        return marks | (isOther ? ReplyMarks.OtherOperation : ReplyMarks.None) | (text.IsCut ? ReplyMarks.Unsure : ReplyMarks.None);
    }

    private static ReplyMarks Outcome(in ReplyText text)
    {
        var retryable = Retryable(in text);
        if (retryable != ReplyMarks.None)
        {
            return retryable | ReplyMarks.Error;
        }

        var named = text.HasAny(ReplyRules.Named) ? ReplyMarks.Named : ReplyMarks.None;
        if (text.HasAny(ReplyRules.Errors))
        {
            return ReplyMarks.Error | named;
        }

        if (text.HasAny(ReplyRules.Pending))
        {
            return ReplyMarks.Pending | named;
        }

        var affirmed = text.HasAny(ReplyRules.Affirmed) ? ReplyMarks.Affirmed : ReplyMarks.None;
        return named != ReplyMarks.None ? named | Claim(in text)
            : affirmed != ReplyMarks.None && text.HasOnly(ReplyRules.Companions) ? affirmed
            : ReplyMarks.Unsure;
    }

    // A claim holds only when every word beside the cancel word is known to be harmless: "partially cancelled" is none.
    private static ReplyMarks Claim(in ReplyText text)
    {
        if (!text.HasOnly(ReplyRules.Companions))
        {
            return ReplyMarks.Unsure;
        }

        return (text.HasAny(ReplyRules.Settled) ? ReplyMarks.Settled : ReplyMarks.None)
            | (text.HasAny(ReplyRules.Affirmed) ? ReplyMarks.Affirmed : ReplyMarks.None);
    }

    private static ReplyMarks Success(in ReplyText text, ReadOnlySpan<byte> value)
    {
        if (text.HasAny(ReplyRules.Errors) || IsZero(value))
        {
            return ReplyMarks.Error;
        }

        return text.HasAny(ReplyRules.Affirmed) || value.SequenceEqual("1"u8) ? ReplyMarks.Affirmed : ReplyMarks.Unsure;
    }

    private static ReplyMarks Code(in ReplyText text, ReadOnlySpan<byte> value)
    {
        if (Utf8Parser.TryParse(value, out double _, out var length) && length == value.Length)
        {
            return Number(value, ReplyMarks.WeakError);
        }

        var retryable = Retryable(in text);
        var isGood = text.HasAny(ReplyRules.Affirmed) && text.HasOnly(ReplyRules.Companions);
        return retryable != ReplyMarks.None ? retryable | ReplyMarks.Error
            : text.HasAny(ReplyRules.Errors) ? ReplyMarks.Error
            : isGood ? ReplyMarks.Affirmed
            : ReplyMarks.Unsure;
    }

    private static ReplyMarks Number(ReadOnlySpan<byte> value, ReplyMarks otherwise)
    {
        if (!Utf8Parser.TryParse(value, out double number, out var length) || length != value.Length)
        {
            return otherwise;
        }

        return number switch
        {
            0 when otherwise == ReplyMarks.WeakError => ReplyMarks.Affirmed,
            202 => ReplyMarks.Pending,
            >= 200 and < 300 => ReplyMarks.Affirmed,
            >= 400 and < 600 => ReplyMarks.Error | RetryableCode(value),
            _ => otherwise,
        };
    }

    private static ReplyMarks RetryableCode(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("429"u8) ? ReplyMarks.Throttled
        : value.SequenceEqual("408"u8) || (value.Length == 3 && value[0] == '5' && char.IsAsciiDigit((char)value[1]) && char.IsAsciiDigit((char)value[2]))
            ? ReplyMarks.Busy
            : ReplyMarks.None;

    private static ReplyMarks Retryable(in ReplyText text) =>
        (text.HasAny(ReplyRules.Throttled) ? ReplyMarks.Throttled : ReplyMarks.None)
        | (text.HasAny(ReplyRules.Busy) ? ReplyMarks.Busy : ReplyMarks.None);

    private static ReplyMarks Gone(in ReplyText text, bool isReason)
    {
        if (text.IsCut || !text.HasAny(ReplyRules.AnyGone) || text.HasAny(ReplyRules.NotGone))
        {
            return ReplyMarks.None;
        }

        var marks = ReplyMarks.None;
        foreach ((var phrase, var match, var mark) in ReplyRules.Gone)
        {
            if (text.Matches(phrase, match, isReason))
            {
                marks |= mark;
            }
        }

        return marks;
    }

    private static bool SoundsWrong(in ReplyText text) =>
        text.IsCut || text.HasAny(ReplyRules.Errors) || text.HasAny(ReplyRules.Pending) || text.HasAny(ReplyRules.NotGone);

    private static bool IsZero(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out double number, out var length) && length == value.Length && number == 0;

    private static bool IsGoodCode(ReplyField field, ReadOnlySpan<byte> value) =>
        field is ReplyField.Code or ReplyField.Outcome && Number(value, ReplyMarks.Unsure) == ReplyMarks.Affirmed;

    private static TimeSpan? RetryAfter(ReadOnlySpan<byte> value, double unitSeconds)
    {
        if (!Utf8Parser.TryParse(value, out double number, out var length) || length != value.Length || !(number >= 0))
        {
            return null;
        }

        return TimeSpan.FromSeconds(Math.Min(number * unitSeconds, MaxRetrySeconds));
    }
}
