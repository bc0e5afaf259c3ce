using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Firing;

/// <summary>After a fire: what the venue's own list of open orders says. Stateless.</summary>
internal static class ListQuestion
{
    /// <summary>Asks the venue's list which of these orders are open still: those that two lists in a row have.</summary>
    /// <param name="client">Of the venue; with a list.</param>
    /// <param name="orders">The orders.</param>
    /// <param name="lag">How far the list may be behind.</param>
    /// <returns>Those; or why nothing is known.</returns>
    public static async Task<(IReadOnlyList<OrderHash>? Open, string? Failure)> AskAsync(
        DmexClient client, IEnumerable<OrderHash> orders, TimeSpan lag)
    {
        var open = orders.ToHashSet();
        try
        {
            for (var read = 0; read < 2 && open.Count > 0; read++)
            {
                await Task.Delay(lag).ConfigureAwait(false);
                open.IntersectWith((await client.ListOpenOrdersAsync().ConfigureAwait(false)).Select(order => order.Hash));
            }

            return ([.. open], null);
        }
        catch (OpenOrdersException e)
        {
            return (null, e.Message);
        }
        catch (ObjectDisposedException)
        {
            return (null, "The standby was ended before the list was read.");
        }
    }
}
