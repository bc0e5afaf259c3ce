using Dmex.Fast.Collections;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// One order's cancel in the <see cref="CancelTracker"/>, no matter who asked for it: a caller, a panic, or both. Pooled; every field is
/// the tracker's. A reference kept outside the tracker's lock is stale once <see cref="Generation"/> has changed.
/// </summary>
internal sealed class TrackedCancel : IDue
{
    /// <summary>No slot of the book: the frame is made from <see cref="Signature"/>.</summary>
    public const int NoSlot = -1;

    private uint _generation;
    private readonly TrackedCancelDetails _details;
    private CancelWait? _firstWait;

    /// <param name="details">Its own.</param>
    public TrackedCancel(TrackedCancelDetails details) => _details = details;

    public OrderHash Hash;

    /// <summary>Meaningful while <see cref="Slot"/> is <see cref="NoSlot"/>.</summary>
    public ref Signature Signature => ref _details.Signature;

    /// <summary>The book's slot that holds the frame, when a panic fired the order; else <see cref="NoSlot"/>.</summary>
    public int Slot = NoSlot;

    /// <summary>The slot that it stands for, or stood for last; else <see cref="NoSlot"/>.</summary>
    public int LastSlot = NoSlot;

    /// <summary>Which of the orders that were in <see cref="LastSlot"/> it is.</summary>
    public uint SlotGeneration;

    public CancelStage Stage;

    /// <summary>Whether the map of hashes holds it; one that a panic fired is found by its slot.</summary>
    public bool IsMapped;

    /// <summary>The panic that counts it; null without one.</summary>
    public PanicTally? Panic;

    /// <summary>The number of that panic when it began to count the order: a tally is used again.</summary>
    public long PanicNumber;

    /// <summary>A bit for each connection that copies were handed to whose outcome is not known. Bit 0 is connection 1.</summary>
    public uint SendingOn;

    /// <summary>Those copies: a panic may fire what a caller's copy is on its way for.</summary>
    public CopyCounts Sending;

    /// <summary>A bit for each connection with a written copy that is expected to be answered.</summary>
    public uint AwaitedOn;

    /// <summary>
    /// A bit for each connection to avoid for the next copy, where there is a choice: it refused one, or is late with an answer.
    /// </summary>
    public uint AvoidOn;

    /// <summary>The copies that an answer may still come for, those that count as lost included.</summary>
    public CopyCounts Unanswered;

    public long AcceptedAt;

    /// <summary>When the latest copy was written; 0 when none is known to be.</summary>
    public long WrittenAt;

    /// <summary>When the latest copy was handed to its connections.</summary>
    public long StartedAt;

    /// <summary>When it was seen that a connection which owes an answer has answered later copies; 0 when it has not.</summary>
    public long PassedOverAt;

    /// <summary>No copy goes before; 0 when the venue did not put it off.</summary>
    public long PutOffUntil;

    /// <summary>The connection that carried the latest written copy, counted from 1; 0 for none.</summary>
    public int ConnectionId;

    /// <summary>Copies that were written or may have been: counted when handed over, and taken back when known not to be sent.</summary>
    public int Attempts;

    /// <summary>Copies sent again because the venue put one off or did not answer it.</summary>
    public int Resends;

    /// <summary>How often the venue said that it has the cancel and has not carried it out yet.</summary>
    public ref int Acknowledgments => ref _details.Acknowledgments;

    /// <summary>How many messages that no rule knows had come when it was accepted.</summary>
    public long UnknownBefore;

    /// <summary>The latest copy is known not to have reached the venue's answer: never sent, refused, or its connection died.</summary>
    public bool IsLost = true;

    /// <summary>An explicit panic asks for the next copy: no pause of the venue's holds it back.</summary>
    public bool IsUrgent;

    /// <summary>A caller has asked for it, so that late changes are told.</summary>
    public bool HasCaller;

    /// <summary>What the venue's last answer that decided nothing was; None without one.</summary>
    public UnresolvedReason Trouble;

    /// <summary>The venue's words in that answer, or in the refusal that waits.</summary>
    public ref string? TroubleText => ref _details.TroubleText;

    /// <summary>When that answer came.</summary>
    public ref long TroubleAt => ref _details.TroubleAt;

    /// <summary>The venue refused one copy while others may still succeed: told when they do not.</summary>
    public bool IsRefused;

    /// <summary>What a caller was told last; meaningful while <see cref="WasReported"/>.</summary>
    public ref CancelOutcome Reported => ref _details.Reported;

    /// <summary>Whether anybody was told.</summary>
    public bool WasReported;

    /// <summary>The venue is known to have had the order, so that "not found" means that it is gone.</summary>
    public bool IsLive;

    /// <summary>It was told by a reply alone, and the list is to say the same.</summary>
    public bool AwaitsList;

    /// <summary>Two reads of the list in a row did not have it.</summary>
    public bool IsVerified;

    /// <summary>The list had the order, before its cancel or after.</summary>
    public bool WasListed;

    /// <summary>What the latest read of the list that counted said.</summary>
    public ListSighting Sighting;

    /// <summary>When that read began, and ended.</summary>
    public ref long SightedFrom => ref _details.SightedFrom;

    /// <inheritdoc cref="SightedFrom"/>
    public ref long SightedUntil => ref _details.SightedUntil;

    /// <summary>In which queue it waits for its next copy.</summary>
    public CopyQueue Queue;

    /// <summary>The next in the same bucket of the map.</summary>
    public TrackedCancel? Next;

    /// <summary>Neighbors in the list of its stage: open, or remembered by age.</summary>
    public TrackedCancel? Older;

    /// <inheritdoc cref="Older"/>
    public TrackedCancel? Newer;

    /// <inheritdoc/>
    public long Due { get; set; }

    /// <inheritdoc/>
    public int HeapIndex { get; set; } = -1;

    /// <summary>
    /// Counts what this object has stood for; changes when the order is settled, so that a copy which still waits is known to be unwanted.
    /// Read without a lock.
    /// </summary>
    public uint Generation => Volatile.Read(ref _generation);

    public bool HasWaits => _firstWait is not null;

    /// <summary>Whether an answer may come, or a copy is in a connection's hands.</summary>
    public bool HasLiveCopy => (SendingOn | AwaitedOn) != 0;

    /// <summary>Begins an open cancel in an object that is clear: a panic begins thousands in a row, and clears none.</summary>
    public void Begin(in OrderHash hash, long now)
    {
        Invalidate();
        Hash = hash;
        Stage = CancelStage.Open;
        AcceptedAt = now;
    }

    /// <summary>
    /// Makes the object as a new one is, but for <see cref="Generation"/>, and for <see cref="Hash"/>, which means nothing then.
    /// </summary>
    public void Clear()
    {
        Invalidate();
        Slot = LastSlot = NoSlot;
        SlotGeneration = 0;
        Stage = CancelStage.Free;
        Panic = null;
        PanicNumber = 0;
        SendingOn = AwaitedOn = AvoidOn = 0;
        Sending = Unanswered = default;
        AcceptedAt = WrittenAt = StartedAt = PassedOverAt = PutOffUntil = 0;
        ConnectionId = Attempts = Resends = Acknowledgments = 0;
        UnknownBefore = 0;
        IsLost = true; // no copy has gone yet
        IsUrgent = HasCaller = IsRefused = WasReported = IsLive = AwaitsList = IsVerified = WasListed = false;
        Sighting = ListSighting.None;
        SightedFrom = SightedUntil = 0;
        Trouble = UnresolvedReason.None;
        TroubleText = null;
        TroubleAt = 0;
        Reported = default;
        Signature = default; // a signed cancel is sensitive, and this object may lie here for long
    }

    /// <summary>References kept outside the lock are stale from here on.</summary>
    public void Invalidate() => Volatile.Write(ref _generation, _generation + 1);

    /// <summary>Forgets the copies on a connection, which ended or answered.</summary>
    public void ForgetCopies(int connectionId)
    {
        var bit = ConnectionTable.Bit(connectionId);
        SendingOn &= ~bit;
        AwaitedOn &= ~bit;
        Sending.Clear(connectionId);
        Unanswered.Clear(connectionId);
    }

    /// <summary>No copy is under way any more: those that are in a connection's hands may be answered all the same.</summary>
    public void CountSendingAsUnanswered()
    {
        for (var left = SendingOn; left != 0; left &= left - 1)
        {
            Unanswered.Add(ConnectionTable.Lowest(left));
        }

        SendingOn = AwaitedOn = 0;
        Sending = default;
    }

    /// <summary>A copy is in a connection's hands.</summary>
    public void BeginSending(int connectionId)
    {
        SendingOn |= ConnectionTable.Bit(connectionId);
        Sending.Add(connectionId);
    }

    /// <summary>The outcome of a copy is known, or an answer says that it was written.</summary>
    public void EndSending(int connectionId)
    {
        Sending.TakeOne(connectionId);
        SendingOn &= Sending.Of(connectionId) > 0 ? uint.MaxValue : ~ConnectionTable.Bit(connectionId);
    }

    public void Link(CancelWait wait)
    {
        wait.Cancel = this;
        wait.Previous = null;
        wait.Next = _firstWait;
        if (_firstWait is not null)
        {
            _firstWait.Previous = wait;
        }

        _firstWait = wait;
    }

    public void Unlink(CancelWait wait)
    {
        if (wait.Previous is null)
        {
            _firstWait = wait.Next;
        }
        else
        {
            wait.Previous.Next = wait.Next;
        }

        if (wait.Next is not null)
        {
            wait.Next.Previous = wait.Previous;
        }

        wait.Cancel = null;
        wait.Next = null;
        wait.Previous = null;
    }

    /// <summary>One of those who wait; null when nobody does.</summary>
    public CancelWait? AnyWait() => _firstWait;

    /// <summary>The outcome at <paramref name="now"/>, with the history of this cancel.</summary>
    public CancelOutcome Outcome(CancelOutcomeKind kind, UnresolvedReason unresolved, GoneReason gone, string? text, long now) => new()
    {
        Kind = kind,
        UnresolvedReason = unresolved,
        GoneReason = gone,
        Evidence = EvidenceFor(kind, unresolved, gone),
        Reason = text,
        AcceptedTimestamp = AcceptedAt,
        WrittenTimestamp = WrittenAt,
        ResolvedTimestamp = Math.Max(now, AcceptedAt), // an answer may have been read just before it was asked for again
        ConnectionId = ConnectionId,
        Attempts = Attempts,
        Acknowledgments = Acknowledgments,
    };

    private CancelEvidence EvidenceFor(CancelOutcomeKind kind, UnresolvedReason unresolved, GoneReason gone) => kind switch
    {
        CancelOutcomeKind.Unresolved => unresolved == UnresolvedReason.StillOpen ? CancelEvidence.List : CancelEvidence.None,
        CancelOutcomeKind.AlreadyGone when gone == GoneReason.NotListed => CancelEvidence.List,
        _ => IsVerified ? CancelEvidence.Both : CancelEvidence.Reply,
    };
}
