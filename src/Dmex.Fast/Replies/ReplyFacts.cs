using System.Runtime.InteropServices;

namespace Dmex.Fast.Replies;

/// <summary>What was found in one JSON object or array, and in those below that hold no hash of their own.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReplyFacts
{
    private const int None = -1;
    private const int Mixed = -2;

    private int _reasonRank;

    public ReplyFacts()
    {
        RetryAfterTicks = CancelCount = Count = ValueCount = FirstEntry = None;
    }

    public ReplyMarks Marks;

    /// <summary>How long the venue asks to wait, in ticks of a <see cref="TimeSpan"/>; negative when it does not say.</summary>
    public long RetryAfterTicks { get; set; }

    /// <summary>How many orders are said to be canceled; negative when that is not said.</summary>
    public int CancelCount { get; set; }

    /// <summary>Another number of things that is said; negative when none is.</summary>
    public int Count { get; set; }

    /// <summary>The smallest number above 0 under a name that may say how many orders it speaks of; 0 when there is none.</summary>
    public double Number { get; private set; }

    /// <summary>The length of the arrays of single values that tell an outcome: negative when there is none, or they differ.</summary>
    public int ValueCount { get; private set; }

    /// <summary>The first hash here or below, in the ledger; negative when there is none.</summary>
    public int FirstEntry { get; private set; }

    /// <summary>Whether different hashes occur here or below.</summary>
    public bool HasSeveral { get; private set; }

    /// <summary>Where the venue's text is in the message.</summary>
    public int ReasonOffset { get; private set; }

    public int ReasonLength { get; private set; }

    /// <summary>Whether an order's hash is here or below.</summary>
    public readonly bool HasHash => FirstEntry >= 0;

    public readonly bool Has(ReplyMarks any) => (Marks & any) != ReplyMarks.None;

    /// <summary>Notes hashes that occur here or below.</summary>
    /// <param name="entry">The first of them.</param>
    /// <param name="areSeveral">Whether they differ among themselves.</param>
    /// <param name="ledger">Holds them.</param>
    public void AddHashes(int entry, bool areSeveral, in ReplyLedger ledger)
    {
        HasSeveral |= areSeveral || (HasHash && ledger.Entries[FirstEntry].Hash != ledger.Entries[entry].Hash);
        FirstEntry = HasHash ? FirstEntry : entry;
    }

    /// <summary>Notes an array of single values that tells outcomes.</summary>
    public void AddValues(int length) => ValueCount = ValueCount == None || ValueCount == length ? length : Mixed;

    /// <summary>Notes a number that may be that of the orders.</summary>
    public void OfferNumber(double number) => Number = number > 0 && (number < Number || Number == 0) ? number : Number;

    /// <summary>Keeps the venue's text when it is worth more than those kept so far.</summary>
    public void OfferReason(int rank, int offset, int length)
    {
        if (rank > _reasonRank && length > 0)
        {
            _reasonRank = rank;
            ReasonOffset = offset;
            ReasonLength = length;
        }
    }

    /// <summary>Takes over what a container with hashes of its own says: it may only cast a doubt.</summary>
    public void AddKin(in ReplyFacts child, in ReplyLedger ledger)
    {
        AddHashes(child.FirstEntry, child.HasSeveral, in ledger);
        Marks |= child.Has(ReplyMarks.Against) ? ReplyMarks.KinDoubt : ReplyMarks.None;
    }

    /// <summary>Takes over what a container without a hash says about this object.</summary>
    /// <param name="child">Its facts.</param>
    /// <param name="isError">Whether it is the error itself, or inside one.</param>
    /// <param name="isWrapper">Whether its name is one that only wraps: what it says is said here.</param>
    public void AddChild(in ReplyFacts child, bool isError, bool isWrapper)
    {
        const ReplyMarks Always = ReplyMarks.Throttled | ReplyMarks.Busy | ReplyMarks.Broken | ReplyMarks.WeakError | ReplyMarks.UnderWay
            | ReplyMarks.Acknowledged | ReplyMarks.Open | ReplyMarks.Denial | ReplyMarks.Ended
            | ReplyMarks.WeakDoubt | ReplyMarks.WeakAcknowledged | ReplyMarks.Counted;
        var marks = child.Marks;
        Marks |= isWrapper || isError ? marks & ~(ReplyMarks.Claims | ReplyMarks.Named) : marks & Always;
        if (isWrapper)
        {
            Marks |= marks & (ReplyMarks.Claims | ReplyMarks.Named);
        }
        else if (!isError)
        {
            Marks |= child.Has(ReplyMarks.Error | ReplyMarks.Denied) ? ReplyMarks.WeakError : ReplyMarks.None;
            Marks |= child.Has(ReplyMarks.Unsure | ReplyMarks.Partial) ? ReplyMarks.WeakDoubt : ReplyMarks.None;
        }

        CancelCount = CancelCount < 0 ? child.CancelCount : CancelCount;
        Count = Count < 0 ? child.Count : Count;
        OfferNumber(child.Number);
        RetryAfterTicks = RetryAfterTicks < 0 ? child.RetryAfterTicks : RetryAfterTicks;
        OfferReason(child._reasonRank, child.ReasonOffset, child.ReasonLength);
    }

    /// <summary>Takes over what one of several texts in a message says, for what the message says as a whole.</summary>
    public void AddText(in ReplyFacts text, in ReplyLedger ledger)
    {
        Marks |= text.Marks;
        RetryAfterTicks = RetryAfterTicks < 0 ? text.RetryAfterTicks : RetryAfterTicks;
        if (text.HasHash)
        {
            AddHashes(text.FirstEntry, text.HasSeveral, in ledger);
        }
    }

    /// <summary>Compares the numbers that were said with the number of hashes, once all of the container is known.</summary>
    /// <param name="hashes">How many hashes occur here or below.</param>
    public void CheckCounts(int hashes)
    {
        var distinct = HasSeveral ? hashes : 1;
        Marks |= CancelCount >= 0 && CancelCount != hashes && CancelCount != distinct ? ReplyMarks.Open : ReplyMarks.None;
        Marks |= Count >= 0 && Count != hashes && Count != distinct ? ReplyMarks.WeakDoubt : ReplyMarks.None;
        var mayBeFewer = Has(ReplyMarks.Counted) || (Number > 0 && Number < distinct);
        Marks |= HasSeveral && mayBeFewer ? ReplyMarks.WeakDoubt : ReplyMarks.None;
        Marks |= ValueCount != None && ValueCount != hashes && ValueCount != distinct ? ReplyMarks.Unsure : ReplyMarks.None;
    }

    /// <summary>What holds for a container of these facts inside others.</summary>
    /// <param name="around">The facts of the objects around, as they hold there.</param>
    /// <param name="scope">How far they hold here.</param>
    public void PutInside(in ReplyFacts around, ReplyScope scope)
    {
        var outer = around.Marks;
        if (scope != ReplyScope.Hashes)
        {
            // A part of a batch with a state of its own is not what "partial success" leaves open.
            var hasOwnState = around.HasSeveral && Has(ReplyMarks.Settled | ReplyMarks.OwnError);
            outer &= ~(hasOwnState ? ReplyMarks.KinDoubt | ReplyMarks.Partial : ReplyMarks.KinDoubt);
        }

        Marks = scope switch
        {
            ReplyScope.Opaque => Marks | (outer & ~ReplyMarks.Claims) | ReplyMarks.WeakDoubt,
            ReplyScope.Echo => (Marks & ~ReplyMarks.Claims) | outer,
            ReplyScope.Canceled => Marks | outer | ReplyMarks.Settled | ReplyMarks.Named,
            _ => Marks | outer,
        };
        RetryAfterTicks = RetryAfterTicks < 0 ? around.RetryAfterTicks : RetryAfterTicks;
        if (_reasonRank == 0)
        {
            OfferReason(around._reasonRank, around.ReasonOffset, around.ReasonLength);
        }
    }

    /// <summary>Takes an error that several orders share from each: it blocks their claims but belongs to none of them.</summary>
    public void ShareErrors()
    {
        if (HasSeveral && Has(ReplyMarks.OwnError))
        {
            Marks = (Marks & ~(ReplyMarks.OwnError | ReplyMarks.AnyGone)) | ReplyMarks.SharedError;
        }
    }
}
