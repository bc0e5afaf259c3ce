namespace Dmex.Fast.OpenOrders;

/// <summary>Takes the open orders of a list while it is read. What it has taken counts only when the whole list was read.</summary>
internal interface IOpenOrderSink
{
    /// <summary>Takes an order.</summary>
    /// <param name="row">Its fields; valid during the call.</param>
    /// <param name="json">The order as the venue wrote it; valid during the call.</param>
    void Add(in OpenOrderRow row, ReadOnlySpan<byte> json);
}
