using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>Sends a standby's cancels by a client whose book is empty until then.</summary>
internal sealed class ClientFirer(DmexClient client) : IStandbyFirer
{
    public bool CanFire => client.State == ConnectionState.Ready;

    public bool VenueAnsweredSince(long timestamp) => CanFire;

    public void Fire(StandbyFire fire)
    {
        var book = client.Book!;
        foreach (var order in fire.Orders)
        {
            _ = book.Arm(order.Hash, order.Signature, order.Tag, order.Priority);
        }

        _ = ReportAsync(fire, client.PanicAsync(BookScope.All).AsTask());
    }

    private static async Task ReportAsync(StandbyFire fire, Task<PanicReport> panic)
    {
        if (await panic is { Unresolved: 0, Rejected: 0 })
        {
            foreach (var order in fire.Orders)
            {
                fire.ReportClosed(order.Hash);
            }
        }
    }
}
