using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Reads the values that tell an operation, a state or a result. Stateless.</summary>
internal static class ReplyStates
{
    public static ReplyMarks Operation(in ReplyText text, in ReplyValue value)
    {
        if (value.IsNumber || text.Has(ReplyPhraseTable.Carriers))
        {
            return ReplyMarks.HasOperation; // a number under "type" is that of a side or a kind
        }

        var marks = ReplyMarks.HasOperation | (text.Has(ReplyWord.Cancel) ? ReplyMarks.Named : ReplyMarks.None);
        if (!text.HasOnlyCompanions)
        {
            var passing = ReplyValues.Passing(in text);
            if (passing != ReplyMarks.None || text.Has(ReplyWord.Negative))
            {
                return marks | passing | ReplyMarks.Denied;
            }

            marks |= text.Has(ReplyWord.Acknowledged) ? ReplyMarks.Acknowledged : ReplyMarks.None;
        }

        if ((marks & ReplyMarks.Named) != ReplyMarks.None)
        {
            return (marks & ReplyMarks.Acknowledged) != ReplyMarks.None ? marks : marks | Claim(in text, text.HasOnlyCompanions);
        }

        marks |= text.Has(ReplyWord.Topic) ? ReplyMarks.OtherOperation : ReplyMarks.None;
        marks |= text.Has(ReplyWord.OtherOperation) ? ReplyMarks.OtherOperation | ReplyMarks.WeakDoubt : ReplyMarks.None;
        marks |= text.Has(ReplyWord.Done) && text.HasOnlyCompanions ? ReplyMarks.IsDone : ReplyMarks.None;
        marks |= text.Has(ReplyWord.Open) ? ReplyMarks.Open : ReplyMarks.None;
        marks |= IsForeign(in text) ? ReplyMarks.Unsure : ReplyMarks.None;
        return marks | (text.HasUnknown || text.IsCut ? ReplyMarks.WeakDoubt : ReplyMarks.None);
    }

    /// <summary>Whether a state beside this is that of something other than the order.</summary>
    public static bool IsForeign(in ReplyText text) =>
        text.Has(ReplyWord.Foreign) || (text.Has(ReplyWord.Match) && !text.Has(ReplyWord.Topic));

    public static ReplyMarks State(in ReplyText text, in ReplyValue value)
    {
        if (value.IsNumber)
        {
            return Number(in value, ReplyMarks.Unsure);
        }

        if (value.IsFailedReceipt)
        {
            return ReplyMarks.Denied;
        }

        if (text.Has(ReplyPhraseTable.NoState))
        {
            return ReplyMarks.Unsure;
        }

        var named = text.Has(ReplyWord.Cancel) ? ReplyMarks.Named : ReplyMarks.None;
        if (text.HasOnlyCompanions && !text.IsEmpty)
        {
            return named != ReplyMarks.None ? named | Claim(in text, hasOnlyCompanions: true)
                : text.Has(ReplyWord.Affirmed) ? ReplyMarks.Affirmed : ReplyMarks.Unsure;
        }

        if (text.Has(ReplyPhraseTable.SettledStates))
        {
            return ReplyMarks.Named | ReplyMarks.Settled;
        }

        var passing = ReplyValues.Passing(in text);
        if (passing != ReplyMarks.None)
        {
            return passing | ReplyMarks.Denied | named;
        }

        if (text.Has(ReplyWord.Negative))
        {
            return ReplyMarks.Denied | named;
        }

        if (text.Has(ReplyWord.Acknowledged))
        {
            return ReplyMarks.Acknowledged | named;
        }

        if (text.Has(ReplyWord.Open))
        {
            return (text.Has(ReplyWord.Partial) ? ReplyMarks.Partial : ReplyMarks.Open) | named;
        }

        if (text.Has(ReplyWord.Ended))
        {
            return ReplyMarks.Ended | named;
        }

        if (text.Has(ReplyPhraseTable.ForeignStates) && !text.Has(ReplyPhraseTable.SelfTrades))
        {
            return ReplyMarks.Unsure;
        }

        return text.IsEmpty ? ReplyMarks.None
            : named != ReplyMarks.None ? named | Claim(in text, text.HasOnlyStateCompanions) : ReplyMarks.Unsure;
    }

    /// <summary>A property that is named after the cancel: a success in it is the cancel's, an error in it an error.</summary>
    public static ReplyMarks CancelState(in ReplyText text, in ReplyValue value)
    {
        var marks = ReplyMarks.Named | State(in text, in value);
        return (marks & ReplyMarks.Denied) == ReplyMarks.None ? marks : (marks & ~ReplyMarks.Denied) | ReplyMarks.Error;
    }

    /// <summary>A property that no table knows and that sounds like a state or a code: it only speaks against.</summary>
    public static ReplyMarks StateLike(in ReplyText text, in ReplyValue value, ReplyMarks ofNumber)
    {
        if (value.Token is JsonTokenType.True or JsonTokenType.False || text.IsEmpty)
        {
            return text.IsEmpty ? ReplyMarks.None : ReplyMarks.WeakDoubt;
        }

        if (value.IsNumber)
        {
            var isGood = value.IsGoodCode || (value.IsZero && ofNumber == ReplyMarks.WeakError);
            return isGood ? ReplyMarks.None : ofNumber | value.PassingCode;
        }

        var marks = State(in text, in value);
        var weaker = ReplyMarks.None;
        weaker |= (marks & ReplyMarks.Denied) != ReplyMarks.None ? ReplyMarks.Error : ReplyMarks.None;
        weaker |= (marks & ReplyMarks.Unsure) != ReplyMarks.None ? ReplyMarks.WeakDoubt : ReplyMarks.None;
        const ReplyMarks Kept = ReplyMarks.Acknowledged | ReplyMarks.Open | ReplyMarks.Partial | ReplyMarks.Ended
            | ReplyMarks.Throttled | ReplyMarks.Busy;
        return (marks & Kept) | weaker;
    }

    public static ReplyMarks Success(in ReplyText text, in ReplyValue value)
    {
        if (value.IsFalse || value.IsZero || text.Has(ReplyWord.Negative))
        {
            return ReplyMarks.Denied;
        }

        return (text.Has(ReplyWord.Affirmed) && text.HasOnlyCompanions) || value.Number == 1 ? ReplyMarks.Affirmed
            : text.Has(ReplyWord.Acknowledged) ? ReplyMarks.Acknowledged : ReplyMarks.Unsure;
    }

    public static ReplyMarks Accepted(in ReplyText text, in ReplyValue value) =>
        value.IsFalse || value.IsZero || text.Has(ReplyWord.Negative) ? ReplyMarks.Denied
        : text.IsEmpty ? ReplyMarks.None : ReplyMarks.Acknowledged;

    public static ReplyMarks IsCanceled(in ReplyText text, in ReplyValue value)
    {
        if (value.IsFalse || value.IsZero || text.Has(ReplyWord.Negative))
        {
            return ReplyMarks.Open;
        }

        return value.IsTrue || value.Number == 1 ? ReplyMarks.Named | ReplyMarks.Affirmed | ReplyMarks.CanceledFlag
            : text.IsEmpty ? ReplyMarks.None
            : value.IsNumber ? ReplyMarks.WeakDoubt : State(in text, in value) & ~ReplyMarks.Settled;
    }

    public static ReplyMarks IsOpen(in ReplyText text, in ReplyValue value) =>
        value.IsFalse || value.IsZero || text.IsEmpty ? ReplyMarks.None : ReplyMarks.Open;

    /// <summary>A property that no table knows and that sounds like a flag of an open order.</summary>
    public static ReplyMarks OpenLike(in ReplyText text, in ReplyValue value) =>
        value.IsFalse || value.IsZero || text.IsEmpty ? ReplyMarks.None : value.IsTrue ? ReplyMarks.Open : ReplyMarks.WeakDoubt;

    public static ReplyMarks IsClosed(in ReplyText text, in ReplyValue value) =>
        value.IsFalse || value.IsZero || text.Has(ReplyWord.Negative) ? ReplyMarks.Open
        : value.IsTrue ? ReplyMarks.ClosedFlag : text.IsEmpty ? ReplyMarks.None : ReplyMarks.WeakDoubt;

    public static ReplyMarks Code(in ReplyText text, in ReplyValue value)
    {
        if (value.IsNumber)
        {
            return Number(in value, ReplyMarks.WeakError);
        }

        if (text.HasOnlyCompanions)
        {
            return text.IsEmpty ? ReplyMarks.None : text.Has(ReplyWord.Affirmed) ? ReplyMarks.Affirmed : ReplyMarks.Unsure;
        }

        var passing = ReplyValues.Passing(in text);
        return passing != ReplyMarks.None ? passing | ReplyMarks.Error
            : text.Has(ReplyWord.Negative) ? ReplyMarks.Error
            : ReplyMarks.Unsure;
    }

    // A claim holds only when every word beside the cancel word is known to be harmless: "cancel_withdrawal" is none.
    private static ReplyMarks Claim(in ReplyText text, bool hasOnlyCompanions)
    {
        if (!hasOnlyCompanions || text.IsCut || text.IsCancelOfCancel)
        {
            return ReplyMarks.Unsure;
        }

        return (text.Has(ReplyWord.Settled) ? ReplyMarks.Settled : ReplyMarks.None)
            | (text.Has(ReplyWord.Affirmed | ReplyWord.Done) ? ReplyMarks.Affirmed : ReplyMarks.None);
    }

    private static ReplyMarks Number(in ReplyValue value, ReplyMarks otherwise)
    {
        if (value.IsGoodCode)
        {
            return ReplyMarks.Affirmed;
        }

        return value.Number switch
        {
            0 when otherwise == ReplyMarks.WeakError => ReplyMarks.Affirmed,
            202 => ReplyMarks.Acknowledged,
            >= 400 and < 600 => ReplyMarks.Denied | value.PassingCode,
            _ => otherwise,
        };
    }
}
