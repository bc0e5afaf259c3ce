using Dmex.Fast.Venue.Faults;

namespace Dmex.Fast.Venue;

/// <summary>What the venue's list says about an order beside its hash and owner. Amounts are in units of 10⁻⁸. Immutable.</summary>
public sealed record VenueOrderDetails
{
    /// <summary>A small buy order of btcusd.</summary>
    public static VenueOrderDetails Default { get; } = new();

    /// <summary>The market; <c>btcusd</c> unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is empty.</exception>
    public string Asset { get; init => field = OptionValue.Require(value, value is { Length: > 0 }, "the name of a market"); } = "btcusd";

    /// <summary>Whether it buys; otherwise it sells.</summary>
    public bool IsBuy { get; init; } = true;

    /// <summary>The limit.</summary>
    public UInt128 Price { get; init; } = 10_000_000_000_000;

    /// <summary>How much; all of it remains while the order is open.</summary>
    public UInt128 Amount { get; init; } = 1_000_000_000;

    /// <summary>Whether it is a stop order.</summary>
    public bool IsStop { get; init; }
}
