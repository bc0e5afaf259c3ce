using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Tables;

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
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ExitCode> RunAsync(
        ParseResult parsed, DmexClientOptions options, KeyFlags keys, TimeSpan limit, CancellationToken cancellationToken)
    {
        var filter = new OpenOrderFilter
        {
            Asset = parsed.GetValue(_asset),
            Side = parsed.GetValue(_side) switch { "buy" => OrderSide.Buy, "sell" => OrderSide.Sell, _ => null },
        };
        using var key = await keys.LoadAsync(parsed, cancellationToken);
        await using var client = await VenueClient.ConnectAsync(options, key, cancellationToken);
        Interruption.HasSent = true;
        var report = await client.CancelAllAsync(
            filter, new CancelAllOptions { Timeout = limit, RespectRateBudget = options.RateBudget is not null }, cancellationToken);
        return WriteReport(report);
    }

    private static ExitCode WriteReport(CancelAllReport report)
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

        var list = report.IsClear ? "clear, twice in a row" : $"{Figures.Count(report.StillOpen.Count)} still open";
        Console.WriteLine($"{"list",-18}{list}");
        foreach (var order in report.StillOpen)
        {
            Console.WriteLine($"still listed {order.Hash}");
        }

        if (!report.IsClear)
        {
            ErrorText.Write(
                $"At least one order may still be open. {report.LastFailure?.Message}".TrimEnd(),
                "Run the same command again: a cancel can be sent twice without harm.");
        }

        return ExitCodes.Of(report.Rejected, !report.IsClear);
    }
}
