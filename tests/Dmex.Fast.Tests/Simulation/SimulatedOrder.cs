using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// One order: what is true about it at the venue, what its callers were told, and what the tracker must know of its cancel.
/// </summary>
internal sealed class SimulatedOrder
{
    /// <summary>A number from 0.</summary>
    public int Index;

    /// <summary>Its hash, which holds the number.</summary>
    public OrderHash Hash;

    // At the venue.

    /// <summary>When it is open there; <see cref="long.MaxValue"/> for never.</summary>
    public long OpenFrom;

    /// <summary>Why it is not open any more; None while it is, or never was.</summary>
    public GoneReason Gone;

    /// <summary>When it was closed.</summary>
    public long GoneAt;

    /// <summary>A bit for each verdict that the venue has said about it and that was read since its cancel was accepted.</summary>
    public SaidAbout Said;

    /// <summary>Copies that were decided on, for draws.</summary>
    public int Copies;

    // At the client.

    /// <summary>The caller has said that the venue knows it.</summary>
    public bool IsKnownLive;

    /// <summary>The tracker's cancel since it was accepted or fired.</summary>
    public TrackedCancel? Cancel;

    /// <summary>That cancel's generation.</summary>
    public uint Generation;

    /// <summary>Accepted or fired, and neither settled nor given up.</summary>
    public bool IsOpen;

    /// <summary>When it was accepted or fired.</summary>
    public long AcceptedAt;

    /// <summary>A caller has asked for it since.</summary>
    public bool HasCaller;

    /// <summary>A caller was told something since.</summary>
    public bool WasTold;

    /// <summary>What callers were told last.</summary>
    public CancelOutcome Told;

    /// <summary>What callers had been told before the latest event in which they were told.</summary>
    public CancelOutcome ToldBefore;

    /// <summary>When the latest copy was decided on, or known to be written.</summary>
    public long LastCopyAt;

    /// <summary>The latest read of the list that counted had it.</summary>
    public bool WasListed;

    /// <summary>When that read began, and ended; 0 for none.</summary>
    public long SightedFrom;

    /// <inheritdoc cref="SightedFrom"/>
    public long SightedUntil;

    /// <summary>The cancel, and when it was accepted, during which a read had the order, or the read before.</summary>
    public (TrackedCancel? Cancel, long AcceptedAt) ListedFor;

    /// <summary>Copies that were handed over, less those known not to be sent.</summary>
    public int Attempts;

    /// <summary>The venue has bytes of a copy of this cancel.</summary>
    public bool IsAtVenue;

    /// <summary>A panic has asked for the next copy.</summary>
    public bool IsUrgent;

    /// <summary>No copy may go before.</summary>
    public long PutOffUntil;

    /// <summary>The book's owner has taken it out without telling the tracker.</summary>
    public bool IsForgotten;

    /// <summary>The slot that it was taken out of.</summary>
    public int ForgottenSlot;

    /// <summary>The panic that counts it, and its number then: its place is used again.</summary>
    public SimulatedPanic? Panic;

    /// <inheritdoc cref="Panic"/>
    public long PanicNumber;

    /// <summary>A caller's cancel was accepted, rather than a panic's fired.</summary>
    public bool IsAccepted;

    /// <summary>What the latest reply said about why it is gone.</summary>
    public GoneReason LatestGone;

    /// <summary>When the latest reply came, the venue was known to have had it, in this cancel's time.</summary>
    public bool WasKnownLive;

    /// <summary>When the latest reply came, the tracker knew its cancel, open or remembered.</summary>
    public bool IsKnown;

    /// <summary>Its panic counts it no more as unresolved but under a verdict, if any.</summary>
    public bool IsCounted;

    /// <inheritdoc cref="IsCounted"/>
    public CancelOutcomeKind Counted;

    /// <inheritdoc cref="IsCounted"/>
    public GoneReason CountedGone;

    /// <summary>A caller asks for it in this event, and nothing would go by itself.</summary>
    public bool IsAskedAgain;

    /// <summary>A panic takes it over in this event, and no copy is under way.</summary>
    public bool IsTakenOver;

    /// <summary>The venue has corrected what callers were told, who are to be told.</summary>
    public bool AwaitsCorrection;

    /// <summary>The tracker's count of re-sends when it was looked at last.</summary>
    public int Resends;

    /// <summary>The event at which it was last looked at, sent, told, changed and given up.</summary>
    public long TouchedIn;

    /// <inheritdoc cref="TouchedIn"/>
    public long SentIn;

    /// <inheritdoc cref="TouchedIn"/>
    public long ToldIn;

    /// <inheritdoc cref="TouchedIn"/>
    public long ChangedIn;

    /// <inheritdoc cref="TouchedIn"/>
    public long GivenUpIn;

    /// <summary>The event at which the list had it, or did not have it, for the second time.</summary>
    public long ReopenedIn;

    /// <inheritdoc cref="ReopenedIn"/>
    public long GoneIn;

    /// <summary>The first of those who wait.</summary>
    public SimulatedWait? FirstWait;

    /// <summary>By connection, from 1: copies of its present life that an answer can still come for, as far as can be known.</summary>
    public readonly int[] Outstanding = new int[ConnectionTable.MaxConnections + 1];

    /// <summary>By connection, from 1: how many of those count as lost, because a later copy took their place.</summary>
    public readonly int[] Late = new int[ConnectionTable.MaxConnections + 1];

    /// <summary>By connection, from 1: when the latest copy was decided on.</summary>
    public readonly long[] HandedAt = new long[ConnectionTable.MaxConnections + 1];

    /// <summary>Begins anew, as part of a new world.</summary>
    public void Reset(int index, in OrderHash hash)
    {
        Index = index;
        Hash = hash;
        OpenFrom = long.MaxValue;
        Gone = GoneReason.None;
        Said = SaidAbout.Nothing;
        Copies = 0;
        IsKnownLive = IsOpen = IsForgotten = false;
        Cancel = null;
        FirstWait = null;
        TouchedIn = SentIn = ToldIn = ChangedIn = GivenUpIn = ReopenedIn = GoneIn = GoneAt = 0;
        Forget();
    }

    /// <summary>Closes it, where it is not closed.</summary>
    public void Close(GoneReason reason, long now)
    {
        if (Gone == GoneReason.None)
        {
            Gone = reason;
            GoneAt = now;
        }
    }

    /// <summary>Whether it was open at the venue at a time.</summary>
    public bool WasOpenAt(long time) => OpenFrom <= time && (Gone == GoneReason.None || GoneAt > time);

    /// <summary>Whether a cancel in that generation is its present one.</summary>
    public bool Is(TrackedCancel cancel, uint generation) => ReferenceEquals(Cancel, cancel) && Generation == generation;

    /// <summary>One copy less on a connection: it did not go, or one of them was answered.</summary>
    public void Discount(int connectionId, bool isAnswer)
    {
        Late[connectionId] -= isAnswer && Late[connectionId] > 0 ? 1 : 0;
        Outstanding[connectionId] -= Outstanding[connectionId] > 0 ? 1 : 0;
        Late[connectionId] = Math.Min(Late[connectionId], Outstanding[connectionId]);
    }

    /// <summary>No copy is left on a connection.</summary>
    public void DiscountAll(int connectionId) => Outstanding[connectionId] = Late[connectionId] = 0;

    /// <summary>A cancel of it begins.</summary>
    public void Begin(TrackedCancel cancel, long now)
    {
        Forget();
        Cancel = cancel;
        Generation = cancel.Generation;
        IsOpen = true;
        AcceptedAt = now;
        Said = SaidAbout.Nothing;
    }

    private void Forget()
    {
        AcceptedAt = PutOffUntil = LastCopyAt = SightedFrom = SightedUntil = 0;
        ListedFor = default;
        WasKnownLive = IsAccepted = IsAskedAgain = IsCounted = IsTakenOver = AwaitsCorrection = HasCaller = WasTold = IsAtVenue = IsUrgent =
            IsForgotten = false;
        Told = ToldBefore = default;
        Attempts = Resends = 0;
        Panic = null;
        PanicNumber = 0;
        Array.Clear(Outstanding);
        Array.Clear(Late);
        Array.Clear(HandedAt);
    }
}
