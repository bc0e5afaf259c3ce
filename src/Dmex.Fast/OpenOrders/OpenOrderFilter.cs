namespace Dmex.Fast;

/// <summary>Which of the open orders are meant; the default value means all. An immutable value.</summary>
public readonly record struct OpenOrderFilter
{
    /// <summary>The market, such as <c>btcusd</c>, whatever its case; null for every one.</summary>
    public string? Asset { get; init; }

    /// <summary>The side; null for both.</summary>
    public OrderSide? Side { get; init; }

    /// <summary>Whether an order is meant.</summary>
    public bool Passes(OpenOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return (Side is null || Side == order.Side)
            && (Asset is null || string.Equals(Asset, order.Asset, StringComparison.OrdinalIgnoreCase));
    }
}
