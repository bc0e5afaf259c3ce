using Dmex.Fast.Collections;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// One order in the <see cref="InFlightTable"/>. Preallocated and used again; every field is guarded by the table's lock,
/// and <see cref="Generation"/> tells whether a reference kept outside the lock still means the same order.
/// </summary>
internal sealed class InFlightEntry : IDue
{
    private CancelWait? _firstWait;

    public OrderHash Hash;
    public Signature Signature;

    /// <summary>Counts the orders that this entry has stood for.</summary>
    public uint Generation;

    /// <summary>Still unresolved; false for an entry that only remembers a rejection for a later correction.</summary>
    public bool Open;

    /// <summary>A bit for each connection that a copy is on its way to: bit 0 is connection 1.</summary>
    public uint SendingOn;

    /// <summary>A bit for each connection that has carried a copy which is not answered.</summary>
    public uint WrittenOn;

    /// <summary>
    /// A bit for each connection whose copy was not answered in time and counts as lost, though an answer may still come.
    /// The next copy goes elsewhere where there is a choice.
    /// </summary>
    public uint LateOn;

    /// <summary>What <see cref="Due"/> means while this entry is in the heap.</summary>
    public NextSend NextSend;

    /// <summary>Due, and waiting for the budget.</summary>
    public bool IsHeld;

    /// <summary>No connection could take a copy: one goes out as soon as a connection is ready.</summary>
    public bool Waiting;

    public long Accepted;
    public long Written;

    /// <summary>When the last copy was handed to its connections.</summary>
    public long Started;

    /// <summary>When it was seen that a connection which owes an answer has answered later copies; 0 when it has not.</summary>
    public long PassedOver;
    public int ConnectionId;
    public int Attempts;
    public int Resends;

    /// <summary>What the venue's last answer that decided nothing was; None without one.</summary>
    public UnresolvedReason Trouble;
    public string? TroubleText;

    /// <summary>When that answer came.</summary>
    public long TroubleAt;

    /// <summary>What a caller was told last; meaningful while <see cref="WasReported"/>.</summary>
    public CancelOutcome Reported;
    public bool WasReported;

    /// <summary>The next in the same bucket, or in the free list.</summary>
    public InFlightEntry? Next;

    /// <summary>Neighbors among the remembered ones.</summary>
    public InFlightEntry? Older;
    public InFlightEntry? Newer;

    /// <summary>When the next copy is to be sent, or the outstanding ones are to be looked at.</summary>
    public long Due { get; set; }

    /// <inheritdoc/>
    public int HeapIndex { get; set; } = -1;

    public bool HasWaits => _firstWait is not null;

    /// <summary>Whether an answer may still come, or a copy is about to go, so that no further copy is sent.</summary>
    public bool HasOutstandingCopy => (SendingOn | WrittenOn) != 0 || Waiting || NextSend is NextSend.Resend or NextSend.AtOnce;

    /// <summary>Makes the entry stand for another order, or for the same one anew.</summary>
    public void Begin(in OrderHash hash, in Signature signature, long now)
    {
        Generation++;
        Hash = hash;
        Signature = signature;
        Open = true;
        SendingOn = 0;
        WrittenOn = 0;
        LateOn = 0;
        NextSend = NextSend.None;
        Waiting = false;
        Accepted = now;
        Written = 0;
        Started = 0;
        PassedOver = 0;
        ConnectionId = 0;
        Attempts = 0;
        Resends = 0;
        Trouble = UnresolvedReason.None;
        TroubleText = null;
        TroubleAt = 0;
        WasReported = false;
        Reported = default;
    }

    public void Link(CancelWait wait)
    {
        wait.Entry = this;
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

        wait.Entry = null;
        wait.Next = null;
        wait.Previous = null;
    }

    /// <summary>One of those who wait; null when nobody does.</summary>
    public CancelWait? AnyWait() => _firstWait;

    /// <summary>
    /// A connection has answered its copy. The answer can be read before the sender has noted its write: the copy was then
    /// written before the answer came, and is counted here; the sender's note comes too late to count it again.
    /// </summary>
    public void NoteAnswer(long now, int connectionId)
    {
        var bit = Bit(connectionId);
        if ((SendingOn & bit) != 0)
        {
            Attempts++;
            Written = now;
            ConnectionId = connectionId;
        }

        SendingOn &= ~bit;
        WrittenOn &= ~bit;
        LateOn &= ~bit;
    }

    /// <summary>The copies that are not answered count as lost.</summary>
    public void GiveUpWritten()
    {
        LateOn |= WrittenOn;
        WrittenOn = 0;
    }

    /// <summary>The bit of a connection.</summary>
    public static uint Bit(int connectionId) => 1u << (connectionId - 1);

    /// <summary>The outcome at <paramref name="now"/>, with the history of this entry.</summary>
    public CancelOutcome Outcome(
        CancelOutcomeKind kind, UnresolvedReason unresolved, GoneReason gone, string? text, long now)
    {
        return new CancelOutcome
        {
            Kind = kind,
            UnresolvedReason = unresolved,
            GoneReason = gone,
            Reason = text,
            AcceptedTimestamp = Accepted,
            WrittenTimestamp = Written,
            ResolvedTimestamp = now,
            ConnectionId = ConnectionId,
            Attempts = Attempts,
        };
    }
}
