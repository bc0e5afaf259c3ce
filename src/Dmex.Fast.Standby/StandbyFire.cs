using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby;

/// <summary>What a standby sends, and why. Thread-safe.</summary>
public sealed class StandbyFire
{
    private readonly Action<OrderHash> _closed;
    private Action<TimeSpan>? _begun;

    internal StandbyFire(
        FireEvidence evidence, IReadOnlyList<StandbyOrder> orders, Action<OrderHash> closed, Action<TimeSpan>? begun = null)
    {
        _begun = begun;
        Evidence = evidence;
        Orders = orders;
        _closed = closed;
    }

    /// <summary>Why, and which generation.</summary>
    public FireEvidence Evidence { get; }

    /// <summary>The orders, priority 0 first.</summary>
    public IReadOnlyList<StandbyOrder> Orders { get; }

    /// <summary>The first cancel left, for the metrics. The first call counts.</summary>
    /// <param name="sinceFire">How long after <see cref="IStandbyFirer.Fire"/> was called.</param>
    public void ReportFirstByte(TimeSpan sinceFire) => Interlocked.Exchange(ref _begun, null)?.Invoke(sinceFire);

    /// <summary>The venue said that an order is closed, by this cancel or otherwise: other standbys need not cancel it.</summary>
    public void ReportClosed(OrderHash hash) => _closed(hash);
}
