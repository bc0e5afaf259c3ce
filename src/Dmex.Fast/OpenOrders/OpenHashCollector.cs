using Dmex.Fast.Signing;

namespace Dmex.Fast.OpenOrders;

/// <summary>Keeps the hashes of a list's open orders and nothing else, for a comparison. Not thread-safe.</summary>
internal sealed class OpenHashCollector : IOpenOrderSink
{
    /// <summary>The hashes.</summary>
    public HashSet<OrderHash> Hashes { get; } = [];

    /// <inheritdoc/>
    public void Add(in OpenOrderRow row, ReadOnlySpan<byte> json) => Hashes.Add(row.Hash);
}
