using Dmex.Fast.Venue.Faults;

namespace Dmex.Fast.Venue;

/// <summary>
/// A limit on messages: a token bucket a connection or an account. A message beyond it is answered with
/// <c>rate_limited</c> and changes nothing.
/// </summary>
public sealed record VenueRateLimit
{
    /// <summary>The messages per second that are let through in the long run; must be above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a finite number above 0.</exception>
    public required double MessagesPerSecond
    {
        get;
        init => field = OptionValue.Require(
            value, value > 0 && double.IsFinite(value), "a finite number of messages per second, above 0");
    }

    /// <summary>The messages that may come at once after a pause; 1 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Burst { get; init => field = OptionValue.Require(value, value >= 1, "at least 1 message"); } = 1;

    /// <summary>
    /// Whether the messages of all connections are counted together by the owner of the order they name (a message that
    /// names no known order counts for its connection). Otherwise each connection is counted by itself.
    /// </summary>
    public bool PerAccount { get; init; }

    /// <summary>
    /// After this many refused messages on one connection, it is closed with code 1008 and its IP address is banned for
    /// <see cref="BanDuration"/>. Null: no client is banned.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? BanAfter
    {
        get;
        init => field = OptionValue.Require(value, value is null or >= 1, "at least 1 refused message");
    }

    /// <summary>How long handshakes of a banned address are refused (429 with <c>Retry-After</c>); 1 s unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan BanDuration
    {
        get;
        init => field = OptionValue.Require(value, value > TimeSpan.Zero, "longer than zero");
    } = TimeSpan.FromSeconds(1);
}
