using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby;

/// <summary>What a standby sends, and why. Thread-safe.</summary>
public sealed class StandbyFire
{
    private readonly Action<OrderHash> _closed;

    internal StandbyFire(FireEvidence evidence, IReadOnlyList<StandbyOrder> orders, Action<OrderHash> closed)
    {
        Evidence = evidence;
        Orders = orders;
        _closed = closed;
    }

    /// <summary>Why, and which generation.</summary>
    public FireEvidence Evidence { get; }

    /// <summary>The orders, priority 0 first.</summary>
    public IReadOnlyList<StandbyOrder> Orders { get; }

    /// <summary>The venue said that an order is closed, by this cancel or otherwise: other standbys need not cancel it.</summary>
    public void ReportClosed(OrderHash hash) => _closed(hash);
}
