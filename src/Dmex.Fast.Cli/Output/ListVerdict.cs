using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Output;

/// <summary>What the venue's list says of the orders at the end of a command, on standard error.</summary>
internal static class ListVerdict
{
    /// <summary>Asks the list once, and once more when it has any of the orders; nothing where the client has no list.</summary>
    /// <returns>Done, or that an order is still open: two reads in a row have it.</returns>
    public static async Task<ExitCode> WriteAsync(
        DmexClient client, DmexClientOptions options, IReadOnlyCollection<OrderHash> orders, CancellationToken cancellationToken)
    {
        if (options.OpenOrders is not { } list || orders.Count == 0)
        {
            return ExitCode.Done;
        }

        var open = orders.ToHashSet();
        try
        {
            for (var read = 0; read < 2 && open.Count > 0; read++)
            {
                await Task.Delay(list.ListLag, cancellationToken);
                open.IntersectWith((await client.ListOpenOrdersAsync(cancellationToken)).Select(order => order.Hash));
            }
        }
        catch (OpenOrdersException error)
        {
            await Console.Error.WriteLineAsync($"The venue's list says nothing: {ErrorText.Translate(error.Message)}");
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("The venue's list was not asked to the end.");
            return ExitCode.Done;
        }

        await Console.Error.WriteLineAsync(
            open.Count == 0
                ? $"By the venue's list, {client.Account} has none of {Figures.Count(orders.Count)} open."
                : $"By the venue's list, {Figures.Count(open.Count)} of {Figures.Count(orders.Count)} are still open.");
        foreach (var order in open)
        {
            await Console.Error.WriteLineAsync($"still listed {order}");
        }

        return open.Count == 0 ? ExitCode.Done : ExitCode.StillOpen;
    }
}
