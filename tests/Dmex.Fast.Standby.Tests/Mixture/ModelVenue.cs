using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>The venue: which orders are open, since when, under which generation they were armed, and who canceled them.</summary>
internal sealed class ModelVenue(VirtualWorld world)
{
    public Dictionary<OrderHash, ModelOrder> Orders { get; } = [];

    public IEnumerable<ModelOrder> Open => Orders.Values.Where(order => order.ClosedAt is null);

    public void Create(OrderHash hash, uint generation) => Orders[hash] = new ModelOrder(hash, generation, world.Now);

    public void Close(OrderHash hash)
    {
        if (Orders.TryGetValue(hash, out var order))
        {
            order.ClosedAt ??= world.Now;
        }
    }
}
