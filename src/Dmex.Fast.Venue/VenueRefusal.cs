using Dmex.Fast.Venue.Faults;

namespace Dmex.Fast.Venue;

/// <summary>How handshakes, or lists of open orders, are refused.</summary>
public sealed record VenueRefusal
{
    /// <summary>The HTTP status, 400 to 599; 503 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside 400 to 599.</exception>
    public int StatusCode
    {
        get;
        init => field = OptionValue.Require(value, value is >= 400 and <= 599, "an HTTP status from 400 to 599");
    } = 503;

    /// <summary>The <c>Retry-After</c> header, rounded up to whole seconds; none when null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? RetryAfter
    {
        get;
        init => field = OptionValue.Require(value, value is null || value >= TimeSpan.Zero, "not negative");
    }
}
