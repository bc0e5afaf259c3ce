using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>What was found in one JSON object, and in the objects below that hold no hash of their own.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReplyFacts
{
    private int _reasonRank;
    private OrderHash _firstHash;

    public ReplyMarks Marks;
    public TimeSpan? RetryAfter;

    /// <summary>Whether an order's hash stands here or below.</summary>
    public bool HasHash { get; private set; }

    /// <summary>Whether different hashes stand here or below.</summary>
    public bool HasSeveral { get; private set; }

    /// <summary>Where the venue's words stand in the message.</summary>
    public int ReasonOffset { get; private set; }

    public int ReasonLength { get; private set; }

    public readonly bool Has(ReplyMarks any) => (Marks & any) != ReplyMarks.None;

    public void AddHash(in OrderHash hash)
    {
        HasSeveral |= HasHash && hash != _firstHash;
        if (!HasHash)
        {
            _firstHash = hash;
            HasHash = true;
        }
    }

    /// <summary>Keeps the venue's words when they are worth more than those kept so far.</summary>
    public void OfferReason(int rank, int offset, int length)
    {
        if (rank > _reasonRank && length > 0)
        {
            _reasonRank = rank;
            ReasonOffset = offset;
            ReasonLength = length;
        }
    }

    /// <summary>
    /// Takes over what a container inside this object says. One without a hash speaks for this object, but only of errors and
    /// doubts, and of how the order went only when it is the error itself; one with a hash of its own may cast a doubt.
    /// </summary>
    public void AddChild(in ReplyFacts child, bool isError)
    {
        if (child.HasHash)
        {
            AddHash(in child._firstHash);
            HasSeveral |= child.HasSeveral;
            const ReplyMarks Doubts = ReplyMarks.AnyError | ReplyMarks.Pending | ReplyMarks.Unsure | ReplyMarks.Broken | ReplyMarks.KinDoubt;
            Marks |= child.Has(Doubts) || isError ? ReplyMarks.KinDoubt : ReplyMarks.None;
            return;
        }

        Marks |= child.Marks & (ReplyMarks.Throttled | ReplyMarks.Busy | ReplyMarks.Broken | ReplyMarks.WeakError);
        if (isError)
        {
            Marks |= child.Marks & (ReplyMarks.Error | ReplyMarks.AnyGone);
        }
        else if (child.Has(ReplyMarks.Error))
        {
            Marks |= ReplyMarks.WeakError;
        }

        if (child.Has(ReplyMarks.Pending | ReplyMarks.Unsure | ReplyMarks.WeakDoubt))
        {
            Marks |= ReplyMarks.WeakDoubt;
        }

        RetryAfter ??= child.RetryAfter;
        OfferReason(child._reasonRank, child.ReasonOffset, child.ReasonLength);
    }

    /// <summary>What holds for an object of these facts inside an object of other facts.</summary>
    /// <param name="enclosing">The facts of the objects around.</param>
    public readonly ReplyFacts Within(in ReplyFacts enclosing)
    {
        var all = this;
        var outer = enclosing.Marks & ~ReplyMarks.KinDoubt;
        all.Marks |= outer;
        all.RetryAfter ??= enclosing.RetryAfter;
        if (_reasonRank == 0)
        {
            all.OfferReason(enclosing._reasonRank, enclosing.ReasonOffset, enclosing.ReasonLength);
        }

        return all;
    }

    /// <summary>The facts as they hold for each of several hashes: an error then blocks a claim but is nobody's own.</summary>
    public readonly ReplyFacts Shared()
    {
        var shared = this;
        if (HasSeveral && Has(ReplyMarks.Error | ReplyMarks.WeakError))
        {
            shared.Marks = (Marks & ~(ReplyMarks.Error | ReplyMarks.WeakError | ReplyMarks.AnyGone)) | ReplyMarks.SharedError;
        }

        return shared;
    }
}
