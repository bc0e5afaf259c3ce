using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>A venue that cancels at once whatever is fired.</summary>
internal sealed class RecordingFirer : IStandbyFirer
{
    public HashSet<OrderHash> Orders { get; } = [];

    public FireEvidence Evidence { get; private set; }

    public bool CanFire => true;

    public bool VenueAnsweredSince(long timestamp) => true;

    public void Fire(StandbyFire fire)
    {
        Evidence = fire.Evidence;
        Orders.UnionWith(fire.Orders.Select(order => order.Hash));
        foreach (var order in fire.Orders)
        {
            fire.ReportClosed(order.Hash);
        }
    }
}
