namespace Dmex.Fast.Replies;

/// <summary>From facts to verdicts: the order of these questions is the policy.</summary>
internal static class ReplyVerdict
{
    /// <summary>What the facts around a hash mean for its order.</summary>
    /// <param name="facts">The facts of the hash's object and of all objects around it.</param>
    public static ReplyKind Decide(in ReplyFacts facts)
    {
        var isCancel = facts.Has(ReplyMarks.Named | ReplyMarks.Settled);
        var isError = facts.Has(ReplyMarks.Error) || (isCancel && facts.Has(ReplyMarks.WeakError));

        // What may be retried comes first: it is never final, so a mistake costs one more message.
        if (facts.Has(ReplyMarks.AnyError) && facts.Has(ReplyMarks.Throttled))
        {
            return ReplyKind.Throttled;
        }

        if (facts.Has(ReplyMarks.AnyError) && facts.Has(ReplyMarks.Busy))
        {
            return ReplyKind.Busy;
        }

        if (facts.Has(ReplyMarks.Broken | ReplyMarks.KinDoubt | ReplyMarks.SharedError))
        {
            return ReplyKind.None;
        }

        if (isError)
        {
            // "cancelled" and an error at once; or an error of another operation on the same order.
            if (facts.Has(ReplyMarks.Settled) || (facts.Has(ReplyMarks.OtherOperation) && !isCancel))
            {
                return ReplyKind.None;
            }

            return facts.Has(ReplyMarks.AnyGone) && !facts.Has(ReplyMarks.Pending) ? ReplyKind.Gone : ReplyKind.Rejected;
        }

        if (facts.Has(ReplyMarks.Pending | ReplyMarks.Unsure | ReplyMarks.WeakError))
        {
            return ReplyKind.None;
        }

        var isConfirmed = facts.Has(ReplyMarks.Settled)
            || (facts.Has(ReplyMarks.Named) && facts.Has(ReplyMarks.Affirmed) && !facts.Has(ReplyMarks.WeakDoubt));
        return isConfirmed ? ReplyKind.Confirmed : ReplyKind.None;
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
        var isError = facts.Has(ReplyMarks.AnyError);
        if (isError || isBare)
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
        var isPlain = facts.Has(ReplyMarks.Error | ReplyMarks.SharedError) && (isAboutCancels || !facts.Has(ReplyMarks.OtherOperation));
        return isPlain || (isAboutCancels && facts.Has(ReplyMarks.WeakError)) ? ReplySignal.ErrorWithoutHash : ReplySignal.Unrecognized;
    }
}
