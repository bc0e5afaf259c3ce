namespace Dmex.Fast;

/// <summary>Written, not sent (why), or unknown. An immutable value.</summary>
public readonly record struct SendOutcome
{
    /// <summary>What is known.</summary>
    public SendOutcomeKind Kind { get; init; }

    /// <summary>Why nothing was sent, when <see cref="Kind"/> is <see cref="SendOutcomeKind.NotSent"/>.</summary>
    public NotSentReason Reason { get; init; }

    /// <summary>When the kernel had taken the bytes, in ticks of <see cref="System.Diagnostics.Stopwatch"/>; 0 unless written.</summary>
    public long WrittenTimestamp { get; init; }

    /// <summary>The connection, counted from 1.</summary>
    public int ConnectionId { get; init; }

    /// <summary>
    /// The incarnation of the connection (<see cref="Connections.VenueConnection.Incarnation"/>); 0 when no connection was tried.
    /// </summary>
    internal long Incarnation { get; init; }

    /// <summary>The outcome in a few words.</summary>
    public override string ToString() => Kind == SendOutcomeKind.NotSent ? $"NotSent({Reason})" : Kind.ToString();
}
