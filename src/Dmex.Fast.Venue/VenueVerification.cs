namespace Dmex.Fast.Venue;

/// <summary>When the venue verifies the signature of a cancel.</summary>
public enum VenueVerification
{
    /// <summary>Before the reply: the reply tells the truth about the signature.</summary>
    Inline,

    /// <summary>
    /// After the reply: a well-formed cancel of an open order is confirmed at once, and a signature that turns out to be
    /// wrong is recorded in <see cref="SimulatedVenue.Violations"/>. For measurements, where the cost of recovery would
    /// hide the client's own latency.
    /// </summary>
    Deferred,
}
