using Dmex.Fast.Signing;

namespace Dmex.Fast.OpenOrders;

/// <summary>The fields of one order while a list is read.</summary>
internal ref struct OpenOrderRow
{
    public OrderHash Hash;

    /// <summary>UTF-8, unescaped.</summary>
    public ReadOnlySpan<byte> Asset;

    public UInt128 Price;
    public UInt128 Amount;
    public UInt128 Remaining;
    public DateTimeOffset Created;
    public bool IsBuy;
    public bool IsStop;
    public bool IsClosed;
}
