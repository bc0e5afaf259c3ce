using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex panic --open-orders</c>: cancels whatever the venue lists as open, and says what both witnesses say.</summary>
internal sealed class OpenOrdersPanic
{
    private readonly Option<bool> _isAsked = new("--open-orders")
    {
        Description = "Cancel every order that the venue's own list has, known here or not, until it has none.",
    };

    private readonly Option<string?> _asset = new("--asset")
    {
        HelpName = "MARKET",
        Description = "With --open-orders: only this market, such as btcusd.",
    };

    private readonly Option<string?> _side = new("--side")
    {
        HelpName = "buy|sell",
        Description = "With --open-orders: only this side.",
    };

    public OpenOrdersPanic() => _side.AcceptOnlyFromAmong("buy", "sell");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_isAsked);
        command.Add(_asset);
        command.Add(_side);
    }

    /// <summary>Whether it is asked for.</summary>
    /// <exception cref="CommandException">A filter is given without it.</exception>
    public bool IsAsked(ParseResult parsed) =>
        parsed.GetValue(_isAsked) || (parsed.GetValue(_asset) ?? parsed.GetValue(_side)) is null
            ? parsed.GetValue(_isAsked)
            : throw new CommandException(
                ExitCode.BadInput, "--asset and --side filter the venue's list. Nothing was sent.", "Add --open-orders.");

    /// <summary>Runs it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The client's, with a list.</param>
    /// <param name="keys">Where the key is.</param>
    /// <param name="limit">How long to go on.</param>
    /// <param name="isDry">Print what would be canceled, and cancel nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ExitCode> RunAsync(
        ParseResult parsed, DmexClientOptions options, KeyFlags keys, TimeSpan limit, bool isDry, CancellationToken cancellationToken)
    {
        var filter = new OpenOrderFilter
        {
            Asset = parsed.GetValue(_asset),
            Side = parsed.GetValue(_side) switch { "buy" => OrderSide.Buy, "sell" => OrderSide.Sell, _ => null },
        };
        using var key = await keys.LoadAsync(parsed, cancellationToken);
        await using var client = await VenueClient.ConnectAsync(options, key, cancellationToken);
        if (isDry)
        {
            return WriteOrders([.. (await OrdersCommand.ReadAsync(client, cancellationToken)).Where(filter.Passes)], key.Address);
        }

        Console.WriteLine($"{"account",-18}{key.Address}");
        Interruption.HasSent = true;
        var all = client.CancelAllAsync(
            filter, new CancelAllOptions { Timeout = limit, RespectRateBudget = options.RateBudget is not null }, CancellationToken.None);

        // Closing the client ends it with a report of what is known.
        await using var ending = cancellationToken.Register(() => _ = client.DisposeAsync().AsTask());
        return WriteReport(await all, filter);
    }

    private static ExitCode WriteOrders(OpenOrder[] orders, EthereumAddress account)
    {
        foreach (var order in orders)
        {
            Console.WriteLine(OrdersCommand.Line(order));
        }

        Console.Error.WriteLine($"{Figures.Count(orders.Length)} orders of {account} would be canceled. Nothing was sent.");
        return ExitCode.Done;
    }

    private static ExitCode WriteReport(CancelAllReport report, OpenOrderFilter filter)
    {
        (string Name, int Count)[] counts =
        [
            ("orders", report.Orders), ("appeared", report.Appeared), ("confirmed", report.Confirmed), ("already gone", report.AlreadyGone),
            ("not found", report.NotFound), ("rejected", report.Rejected), ("unresolved", report.Unresolved), ("lists read", report.Reads),
            ("lists failed", report.FailedReads),
        ];
        foreach (var (name, count) in counts)
        {
            Console.WriteLine($"{name,-18}{Figures.Count(count)}");
        }

        var list = report switch
        {
            { IsClear: true } => "clear, twice in a row",
            { Reads: 0 } => "not read",
            { StillOpen.Count: 0 } => "clear once, and not twice after the last cancel",
            _ => $"{Figures.Count(report.StillOpen.Count)} still open",
        };
        Console.WriteLine($"{"list",-18}{list}");
        foreach (var order in report.StillOpen)
        {
            Console.WriteLine($"still listed {order.Hash}");
        }

        if (!report.IsClear)
        {
            var reason = report.LastFailure?.Message ?? (report.Reads == 0 ? "No list came in time." : null);
            ErrorText.Write(
                $"At least one order may still be open. {reason}".TrimEnd(),
                "Run the same command again: a cancel can be sent twice without harm.");
        }
        else if (report.Orders == 0)
        {
            var side = filter.Side is { } wanted ? $" to {wanted.ToString().ToLowerInvariant()}" : string.Empty;
            var market = filter.Asset is { } asset ? $" in {asset}" : string.Empty;
            Console.Error.WriteLine($"Nothing was canceled: by the venue's list, the account has no open order{side}{market}.");
        }

        return ExitCodes.Of(report.Rejected, !report.IsClear);
    }
}
