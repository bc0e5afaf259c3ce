namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>Sends a standby's cancels to the model venue.</summary>
internal sealed class ModelFirer(VirtualWorld world, SimulatedHost host, ModelVenue venue) : IStandbyFirer
{
    public bool CanFire => true;

    /// <summary>What was fired, and when.</summary>
    public List<(TimeSpan At, FireEvidence Evidence, int Orders)> Fires { get; } = [];

    public bool VenueAnsweredSince(long timestamp) => true;

    public void Fire(StandbyFire fire)
    {
        Fires.Add((world.Now, fire.Evidence, fire.Orders.Count));
        foreach (var order in fire.Orders)
        {
            world.Schedule(TimeSpan.FromMilliseconds(3), () =>
            {
                venue.Close(order.Hash);
                host.Run(TimeSpan.FromMilliseconds(3), () => fire.ReportClosed(order.Hash));
            });
        }
    }
}
