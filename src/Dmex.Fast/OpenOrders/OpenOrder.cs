using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// One order of the venue's own list that is open: not closed, and with something remaining. Numbers are as the venue writes them, in
/// its units of 10⁻⁸. An immutable value.
/// </summary>
public sealed record OpenOrder
{
    /// <summary>The order's hash.</summary>
    public required OrderHash Hash { get; init; }

    /// <summary>The market, such as <c>btcusd</c>.</summary>
    public required string Asset { get; init; }

    /// <summary>Whether it buys or sells.</summary>
    public required OrderSide Side { get; init; }

    /// <summary>The limit.</summary>
    public required UInt128 Price { get; init; }

    /// <summary>How much was asked for.</summary>
    public required UInt128 Amount { get; init; }

    /// <summary>How much of it is still open.</summary>
    public required UInt128 Remaining { get; init; }

    /// <summary>Whether it is a stop order.</summary>
    public required bool IsStop { get; init; }

    /// <summary>When it was created, by the venue's clock.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The venue's own JSON of the order, as UTF-8: the fields that are not read here are in it.</summary>
    public required ReadOnlyMemory<byte> RawJson { get; init; }
}
