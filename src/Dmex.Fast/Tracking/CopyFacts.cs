namespace Dmex.Fast.Tracking;

/// <summary>
/// All that decides when the next copy of a cancel goes. A value; times are ticks of <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
internal readonly struct CopyFacts
{
    /// <summary>Unresolved, and the tracker has not been stopped.</summary>
    public bool IsOpen { get; init; }

    /// <summary>A copy is in a connection's hands, or written and not answered.</summary>
    public bool HasLiveCopy { get; init; }

    /// <summary>When the live copies count as lost; <see cref="long.MaxValue"/> for never.</summary>
    public long AnswerDue { get; init; }

    /// <summary>The venue refused a copy, and is given until <see cref="AnswerDue"/> to answer others.</summary>
    public bool IsRefused { get; init; }

    /// <summary>No copy goes before; 0 when the venue put none off.</summary>
    public long PutOffUntil { get; init; }

    /// <summary>
    /// The next copy is the first one, or takes the place of one that cannot be answered: not sent, or its connection died.
    /// </summary>
    public bool ReplacesLost { get; init; }

    /// <summary>Copies that were put off or not answered have been sent again as often as they may.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>A connection is up that has no copy in its hands.</summary>
    public bool HasTarget { get; init; }
}
