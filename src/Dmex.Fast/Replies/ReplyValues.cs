using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Reads single values by the tables. Stateless.</summary>
internal static class ReplyValues
{
    private const double MaxRetrySeconds = 86_400;

    // What the venue's text is worth as the reason that the caller gets to see.
    private const int RankOfStatus = 1;
    private const int RankOfCode = 2;
    private const int RankOfError = 3;
    private const int RankOfReason = 4;
    private const int RankOfText = 5;

    /// <summary>What one value says about its object.</summary>
    /// <param name="reader">Stands on the value: a string, a number, true, false or null.</param>
    /// <param name="field">What the property is read as.</param>
    /// <param name="inError">Whether the object is an error itself, or inside one: whatever it holds is then an error.</param>
    /// <param name="facts">The facts of the object: numbers and the reason go there.</param>
    [SkipLocalsInit]
    public static ReplyMarks Read(in Utf8JsonReader reader, ReplyField field, bool inError, ref ReplyFacts facts)
    {
        if (field == ReplyField.EndedAt && reader.TokenType == JsonTokenType.Null)
        {
            return ReplyMarks.WeakDoubt;
        }

        if (reader.TokenType == JsonTokenType.Null || (!inError && field is ReplyField.Harmless or ReplyField.Match or ReplyField.Echo))
        {
            return ReplyMarks.None;
        }

        if (!inError && field == ReplyField.HarmlessLike && reader.TokenType == JsonTokenType.Number)
        {
            return ReplyMarks.None;
        }

        scoped var bytes = reader.ValueSpan;
        if (field is ReplyField.RetryAfterSeconds or ReplyField.RetryAfterMilliseconds)
        {
            facts.RetryAfterTicks = RetryAfterTicks(bytes, field == ReplyField.RetryAfterSeconds ? 1 : 0.001);
            return facts.RetryAfterTicks > 0 ? ReplyMarks.WeakDoubt : ReplyMarks.None;
        }

        if (field is ReplyField.Count or ReplyField.CancelCount)
        {
            TakeCount(bytes, field, ref facts);
            return ReplyMarks.None;
        }

        if (field == ReplyField.Wrapper && reader.TokenType == JsonTokenType.String)
        {
            field = ReplyField.Text; // {"type":"error","payload":"Too many requests"}
        }

        if (reader.ValueIsEscaped)
        {
            bytes = ReplyEscapes.Resolve(bytes, stackalloc byte[ReplyEscapes.MaxLength]);
        }

        Span<char> room = stackalloc char[ReplyText.Capacity];
        var text = ReplyText.Read(bytes, room);
        scoped var value = new ReplyValue(reader.TokenType, bytes);
        var marks = Field(in text, in value, field) | Errors(in text, in value, field, inError, out var isError);
        if (field is ReplyField.Other or ReplyField.Success or ReplyField.IsCanceled or ReplyField.IsClosed)
        {
            facts.OfferNumber(value.Number);
        }

        var rank = Rank(field, isError);
        if (rank > 0)
        {
            var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
            facts.OfferReason(rank, (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length);
        }

        return marks;
    }

    /// <summary>What a value in an array says: as <see cref="Read"/>, but what no table knows is a doubt.</summary>
    public static ReplyMarks ReadItem(in Utf8JsonReader reader, ReplyField field, bool inError, ref ReplyFacts facts)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return field == ReplyField.Error ? ReplyMarks.Affirmed : ReplyMarks.WeakDoubt;
        }

        var isText = field is ReplyField.Text or ReplyField.Reason;
        var isUnnamed = field is ReplyField.Wrapper or ReplyField.StateLike or ReplyField.CodeLike or ReplyField.Other or ReplyField.Hash;
        var read = isUnnamed ? ReplyField.State : field;
        var marks = Read(in reader, read, inError, ref facts);
        if (read != field && (marks & ReplyMarks.Unsure) != ReplyMarks.None)
        {
            // "codes":[0,0] holds numbers that are no states.
            marks = reader.TokenType == JsonTokenType.Number ? Read(in reader, ReplyField.Code, inError, ref facts) : ReplyMarks.WeakDoubt;
        }

        return marks == ReplyMarks.None && !isText ? ReplyMarks.WeakDoubt : marks;
    }

    /// <summary>How an error says that the order went.</summary>
    public static ReplyMarks Gone(in ReplyText text, bool isReason)
    {
        var marks = ReplyMarks.None;
        if (text.IsCut || text.Has(ReplyPhraseTable.NotGone))
        {
            return marks;
        }

        foreach ((var mark, var phrases) in ReplyPhraseTable.Gone)
        {
            marks |= text.Has(phrases) ? mark : ReplyMarks.None;
        }

        if (isReason)
        {
            foreach ((var mark, var phrases) in ReplyPhraseTable.GoneReasons)
            {
                marks |= text.Has(phrases) ? mark : ReplyMarks.None;
            }
        }

        return marks;
    }

    /// <summary>What a message that is a plain text says of the one order that it quotes: that it is gone, or what may pass.</summary>
    [SkipLocalsInit]
    public static ReplyMarks ReadPlain(ReadOnlySpan<byte> message)
    {
        Span<char> room = stackalloc char[ReplyText.Capacity];
        var text = ReplyText.Read(message, room);
        return text.IsCut ? ReplyMarks.None : Passing(in text) | Gone(in text, isReason: false);
    }

    private static int Rank(ReplyField field, bool isError) => field switch
    {
        ReplyField.Text => RankOfText,
        ReplyField.Reason => RankOfReason,
        _ when isError => RankOfError,
        ReplyField.Code => RankOfCode,
        ReplyField.Operation or ReplyField.State or ReplyField.CancelState => RankOfStatus,
        _ => 0,
    };

    private static ReplyMarks Field(in ReplyText text, in ReplyValue value, ReplyField field) => field switch
    {
        ReplyField.Operation => ReplyStates.Operation(in text, in value),
        ReplyField.State => ReplyStates.State(in text, in value),
        ReplyField.CancelState => ReplyStates.CancelState(in text, in value),
        ReplyField.StateLike => ReplyStates.StateLike(in text, in value, ReplyMarks.WeakDoubt),
        ReplyField.CodeLike => ReplyStates.StateLike(in text, in value, ReplyMarks.WeakError),
        ReplyField.Success => ReplyStates.Success(in text, in value),
        ReplyField.Accepted => ReplyStates.Accepted(in text, in value),
        ReplyField.IsCanceled => ReplyStates.IsCanceled(in text, in value),
        ReplyField.IsOpen => ReplyStates.IsOpen(in text, in value),
        ReplyField.OpenLike => ReplyStates.OpenLike(in text, in value),
        ReplyField.IsClosed => ReplyStates.IsClosed(in text, in value),
        ReplyField.Code => ReplyStates.Code(in text, in value),
        ReplyField.IsFilled => value.IsTrue ? ReplyMarks.Ended : HarmlessLike(in text, in value),
        ReplyField.EndedAt => value.IsZero || text.IsEmpty ? ReplyMarks.WeakDoubt : HarmlessLike(in text, in value),
        ReplyField.Remaining => value.IsZero || text.IsEmpty || value.IsFalse ? ReplyMarks.None : ReplyMarks.WeakDoubt,
        ReplyField.Text or ReplyField.Reason => Prose(in text, field),
        ReplyField.Subject => Unknown(in text, in value) | (ReplyStates.IsForeign(in text) ? ReplyMarks.Unsure : ReplyMarks.None),
        ReplyField.Other or ReplyField.Wrapper => Unknown(in text, in value),
        ReplyField.HarmlessLike or ReplyField.Hash => HarmlessLike(in text, in value),
        _ => ReplyMarks.None,
    };

    // An operation's name says what the message is about, not how the order went, unless it names an error.
    private static ReplyMarks Errors(in ReplyText text, in ReplyValue value, ReplyField field, bool inError, out bool isError)
    {
        isError = inError || field == ReplyField.Error;
        var isGoodCode = field is ReplyField.Code or ReplyField.State && value.IsGoodCode;
        var marks = ReplyMarks.None;
        if (isError && (value.IsZero || isGoodCode || text.Has(ReplyPhraseTable.NoError)))
        {
            isError = false;
            return marks;
        }

        if (isError)
        {
            marks = ReplyMarks.Error | Passing(in text) | value.PassingCode;
        }

        var mayTell = isError || field is ReplyField.State or ReplyField.CancelState or ReplyField.StateLike or ReplyField.CodeLike
            or ReplyField.Code or ReplyField.Text or ReplyField.Reason || (field == ReplyField.Operation && text.Has(ReplyWord.Negative));
        if (!value.IsString || !mayTell || (text.HasOnlyCompanions && !text.Has(ReplyWord.Settled)))
        {
            return marks;
        }

        var maySayUnderWay = isError || field is ReplyField.Text or ReplyField.Reason or ReplyField.Code or ReplyField.CodeLike;
        marks |= maySayUnderWay ? UnderWay(in text) : ReplyMarks.None;
        var gone = Gone(in text, field == ReplyField.Reason);
        var isErrorCode = gone != ReplyMarks.None && field == ReplyField.Code;
        return marks | gone | (isErrorCode ? ReplyMarks.Error : ReplyMarks.None);
    }

    private static ReplyMarks UnderWay(in ReplyText text) => text.Has(ReplyPhraseTable.UnderWay) ? ReplyMarks.UnderWay : ReplyMarks.None;

    /// <summary>Whether a text speaks of a limit or of a failure that passes.</summary>
    internal static ReplyMarks Passing(in ReplyText text)
    {
        if (text.HasOnlyCompanions)
        {
            return ReplyMarks.None;
        }

        var isThrottled = text.Has(ReplyPhraseTable.Throttled) && !text.Has(ReplyPhraseTable.NotThrottled);
        var isBusy = text.Has(ReplyPhraseTable.Busy)
            || (text.Has(ReplyPhraseTable.BusyStates) && !text.Has(ReplyPhraseTable.NotBusyStates));
        return (isThrottled ? ReplyMarks.Throttled : ReplyMarks.None) | (isBusy ? ReplyMarks.Busy : ReplyMarks.None);
    }

    private static ReplyMarks Prose(in ReplyText text, ReplyField field)
    {
        if (text.IsEmpty || (text.HasOnlyCompanions && field == ReplyField.Text && !text.IsCut))
        {
            // "Order canceled successfully", and no word beside it, says what the message is about; whether it succeeded is said elsewhere.
            var isNamed = text.Has(ReplyWord.Settled) || (text.Has(ReplyWord.Cancel) && text.Has(ReplyWord.Affirmed));
            return isNamed ? ReplyMarks.Named : ReplyMarks.None;
        }

        var marks = Passing(in text) | (text.Has(ReplyPhraseTable.Denials) ? ReplyMarks.Denial : ReplyMarks.None);
        if (field == ReplyField.Reason && text.HasOnlyCompanions)
        {
            return marks | (text.Has(ReplyWord.Settled) ? ReplyMarks.ReasonCanceled : ReplyMarks.None);
        }

        if (field == ReplyField.Reason && text.Has(ReplyPhraseTable.HarmlessReasons))
        {
            return marks;
        }

        const ReplyWord Doubtful = ReplyWord.Open | ReplyWord.Ended | ReplyWord.Negative;
        marks |= text.Has(ReplyPhraseTable.UnderWayTexts) ? ReplyMarks.Acknowledged : ReplyMarks.None;
        marks |= text.Has(ReplyWord.Acknowledged) ? ReplyMarks.WeakAcknowledged : ReplyMarks.None;
        marks |= text.Has(ReplyWord.Negative) ? ReplyMarks.Refusing : ReplyMarks.None;
        marks |= text.IsCancelOfCancel ? ReplyMarks.Denial : ReplyMarks.None;
        var isPlain = text.Has(ReplyWord.Settled) && !text.Has(Doubtful) && !text.IsCut && marks == ReplyMarks.None;
        return marks | (!isPlain ? ReplyMarks.WeakDoubt : text.HasNumber ? ReplyMarks.Counted : ReplyMarks.None);
    }

    private static ReplyMarks Unknown(in ReplyText text, in ReplyValue value)
    {
        if (!value.IsString)
        {
            // Nothing was affected, whatever it is.
            return value.IsNumber && value.Number > 0 ? ReplyMarks.None : ReplyMarks.WeakDoubt;
        }

        const ReplyWord Doubtful = ReplyWord.Open | ReplyWord.Ended | ReplyWord.Negative | ReplyWord.Acknowledged;
        var isDenied = !text.HasOnlyCompanions && (text.Has(ReplyPhraseTable.Denials) || text.Has(ReplyPhraseTable.Simulated));
        var denial = isDenied ? ReplyMarks.Denial : ReplyMarks.None;
        return denial | (text.HasUnknown || text.Has(Doubtful) || text.IsCut || value.IsZero ? ReplyMarks.WeakDoubt : ReplyMarks.None);
    }

    private static ReplyMarks HarmlessLike(in ReplyText text, in ReplyValue value)
    {
        const ReplyWord Doubtful = ReplyWord.Open | ReplyWord.Ended | ReplyWord.Negative | ReplyWord.Acknowledged;
        var isDoubtful = value.IsString ? !value.IsNumber && text.Has(Doubtful) : !value.IsNumber;
        return isDoubtful ? ReplyMarks.WeakDoubt : ReplyMarks.None;
    }

    private static void TakeCount(ReadOnlySpan<byte> value, ReplyField field, ref ReplyFacts facts)
    {
        var isNumber = Utf8Parser.TryParse(value, out double number, out var length) && length == value.Length;
        var count = isNumber && number is >= 0 and <= int.MaxValue && double.IsInteger(number) ? (int)number : int.MaxValue;
        if (field == ReplyField.CancelCount)
        {
            facts.CancelCount = Math.Max(facts.CancelCount, count);
        }
        else
        {
            facts.Count = Math.Max(facts.Count, count);
        }
    }

    private static long RetryAfterTicks(ReadOnlySpan<byte> value, double unitSeconds)
    {
        if (!Utf8Parser.TryParse(value, out double number, out var length) || length != value.Length || !(number >= 0))
        {
            return -1;
        }

        return TimeSpan.FromSeconds(Math.Min(number * unitSeconds, MaxRetrySeconds)).Ticks;
    }
}
