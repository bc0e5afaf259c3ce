namespace Dmex.Fast.Replies;

/// <summary>From facts to verdicts: the order of these questions is the policy. Pure functions.</summary>
internal static class ReplyVerdict
{
    /// <summary>What the facts around a hash mean for its order.</summary>
    /// <param name="facts">The facts of the hash's container and of all that hold around it.</param>
    /// <param name="isWeak">Whether a confirmation rests on the weaker reason.</param>
    public static ReplyKind Decide(in ReplyFacts facts, out bool isWeak)
    {
        isWeak = false;
        var isSettled = facts.Has(ReplyMarks.Settled) || HasAll(in facts, ReplyMarks.IsDone | ReplyMarks.ReasonCanceled)
            || HasAll(in facts, ReplyMarks.CanceledFlag | ReplyMarks.ClosedFlag);
        var isCancel = isSettled || facts.Has(ReplyMarks.Named);

        // What may be retried comes first: it is never final, so a mistake costs one more message.
        if (IsPassing(in facts, ReplyMarks.Throttled))
        {
            return ReplyKind.Throttled;
        }

        if (IsPassing(in facts, ReplyMarks.Busy))
        {
            return ReplyKind.Busy;
        }

        if (facts.Has(ReplyMarks.Broken | ReplyMarks.SharedError))
        {
            return ReplyKind.None;
        }

        if (facts.Has(ReplyMarks.Denied | ReplyMarks.Error) || (isCancel && facts.Has(ReplyMarks.WeakError)) || IsBareGone(in facts)
            || IsBareError(in facts))
        {
            return Refusal(in facts, isCancel, isSettled);
        }

        if (!facts.Has(ReplyMarks.Against))
        {
            isWeak = !isSettled;
            var isNamedAndAffirmed = HasAll(in facts, ReplyMarks.Named | ReplyMarks.Affirmed) && !facts.Has(ReplyMarks.WeaklyAgainst);
            if (isSettled || isNamedAndAffirmed)
            {
                return ReplyKind.Confirmed;
            }
        }

        if (isCancel && facts.Has(ReplyMarks.Acknowledged | ReplyMarks.WeakAcknowledged)
            && !facts.Has(ReplyMarks.Unsure | ReplyMarks.Denial | ReplyMarks.Ended | ReplyMarks.WeakError))
        {
            return ReplyKind.Acknowledged;
        }

        return TellsEnd(in facts) ? ReplyKind.Gone : ReplyKind.None;
    }

    /// <summary>
    /// How the order went. Not found outweighs the rest, because it may be a cancel that overtook its order; two different
    /// ends are none.
    /// </summary>
    public static GoneReason Reason(in ReplyFacts facts)
    {
        if (facts.Has(ReplyMarks.GoneNotFound))
        {
            return GoneReason.NotFound;
        }

        return (facts.Marks & (ReplyMarks.GoneFilled | ReplyMarks.GoneCanceled | ReplyMarks.GoneExpired)) switch
        {
            ReplyMarks.GoneFilled => GoneReason.Filled,
            ReplyMarks.GoneCanceled => GoneReason.Canceled,
            ReplyMarks.GoneExpired => GoneReason.Expired,
            _ => GoneReason.Unspecified,
        };
    }

    /// <summary>What a message says that decided no order.</summary>
    public static ReplySignal Signal(in ReplyFacts facts)
    {
        // A bare text without any operation, such as {"message":"Too many requests"}, is a gateway speaking.
        var isBare = !facts.Has(ReplyMarks.HasOperation | ReplyMarks.OtherOperation) && !facts.HasHash;
        if (facts.Has(ReplyMarks.AnyError) || isBare)
        {
            if (facts.Has(ReplyMarks.Throttled))
            {
                return ReplySignal.Throttled;
            }

            if (facts.Has(ReplyMarks.Busy))
            {
                return ReplySignal.Busy;
            }
        }

        var isAboutCancels = facts.Has(ReplyMarks.Named) || !facts.Has(ReplyMarks.HasOperation);
        var isPlain = facts.Has(ReplyMarks.Denied | ReplyMarks.Error | ReplyMarks.SharedError)
            && (isAboutCancels || !facts.Has(ReplyMarks.OtherOperation));
        return isPlain || (isAboutCancels && facts.Has(ReplyMarks.WeakError)) ? ReplySignal.ErrorWithoutHash : ReplySignal.Unrecognized;
    }

    private static bool HasAll(in ReplyFacts facts, ReplyMarks marks) => (facts.Marks & marks) == marks;

    private static bool IsPassing(in ReplyFacts facts, ReplyMarks mark) =>
        facts.Has(mark) && (facts.Has(ReplyMarks.AnyError) || IsBare(in facts));

    // The answer to a cancel, or to what it does not say, that has nothing but a text.
    private static bool IsBare(in ReplyFacts facts) =>
        (facts.Has(ReplyMarks.Named) || !facts.Has(ReplyMarks.HasOperation))
        && !facts.Has(ReplyMarks.Affirmed | ReplyMarks.Settled | ReplyMarks.Acknowledged | ReplyMarks.OtherOperation);

    private static bool IsBareGone(in ReplyFacts facts) =>
        facts.Has(ReplyMarks.AnyGone & ~ReplyMarks.GoneCanceled) && !facts.Has(ReplyMarks.Ended | ReplyMarks.Open) && IsBare(in facts);

    // The answer to a cancel, or a message that names no operation, with the order's state; or the event that says that it is done.
    private static bool TellsEnd(in ReplyFacts facts)
    {
        var isState = facts.Has(ReplyMarks.Ended) && (facts.Has(ReplyMarks.Named) || !facts.Has(ReplyMarks.HasOperation));
        return (isState || facts.Has(ReplyMarks.IsDone)) && facts.Has(ReplyMarks.GoneFilled | ReplyMarks.GoneExpired)
            && !facts.Has((ReplyMarks.Against & ~ReplyMarks.Ended) | ReplyMarks.Settled | ReplyMarks.OtherOperation);
    }

    // {"code":-1022,"msg":"Signature is not valid."}
    private static bool IsBareError(in ReplyFacts facts) =>
        HasAll(in facts, ReplyMarks.WeakError | ReplyMarks.Refusing) && !facts.Has(ReplyMarks.HasOperation) && IsBare(in facts);

    private static ReplyKind Refusal(in ReplyFacts facts, bool isCancel, bool isSettled)
    {
        if (facts.Has(ReplyMarks.UnderWay))
        {
            return ReplyKind.Acknowledged;
        }

        // The state and the code say both that it is canceled: by another cancel.
        var isGoneCanceled = (facts.Marks & ReplyMarks.AnyGone) == ReplyMarks.GoneCanceled;
        if (isSettled && isGoneCanceled && !facts.Has(ReplyMarks.Denied | ReplyMarks.KinDoubt))
        {
            return ReplyKind.Gone;
        }

        // "canceled" and an error at once; "ok" and an error that no status says; or an error of another operation.
        var isContradictory = isSettled || facts.Has(ReplyMarks.KinDoubt)
            || (facts.Has(ReplyMarks.Affirmed) && !facts.Has(ReplyMarks.Denied));
        if (isContradictory || (facts.Has(ReplyMarks.OtherOperation) && !isCancel))
        {
            return ReplyKind.None;
        }

        return facts.Has(ReplyMarks.AnyGone) && !facts.Has(ReplyMarks.Acknowledged | ReplyMarks.Open | ReplyMarks.Partial)
            ? ReplyKind.Gone : ReplyKind.Rejected;
    }
}
