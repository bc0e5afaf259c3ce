namespace Dmex.Fast.Venue.Orders;

/// <summary>What a reply is to say, before it is written as JSON.</summary>
internal readonly struct VenueAnswer
{
    public VenueVerdict Verdict { get; init; }

    public VenueHash? Hash { get; init; }

    /// <summary>The state of an order that is not open.</summary>
    public VenueOrderState State { get; init; }

    /// <summary>What is wrong with a message that is not understood.</summary>
    public string? Problem { get; init; }

    /// <summary>When a rate-limited client may try again.</summary>
    public long RetryAfterMilliseconds { get; init; }
}
