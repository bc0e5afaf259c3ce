using System.CommandLine;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex orders</c>: the account's open orders, by the venue's own list.</summary>
internal sealed class OrdersCommand
{
    private readonly Option<string?> _url = ConnectFlags.CreateUrl("The venue; must be given.");
    private readonly Option<int> _timeout = NumberOption.Create("--timeout", 10, 1, 3_600, "Seconds to wait for the list.");
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print each order as the venue wrote it, one JSON object a line, and at the end a line with the account and the "
            + "number of orders, which is there only when the whole list is.",
    };

    private readonly KeyFlags _key = new();
    private readonly Option<string?> _account = new("--account")
    {
        HelpName = "ADDRESS",
        Description = "Whose orders; no key is needed then. The key's address unless given.",
    };

    private readonly ConnectFlags _flags = new();
    private readonly ListFlags _list = new();

    private OrdersCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new OrdersCommand();
        var command = new Command(
            "orders",
            "Prints the account's open orders by the venue's own list, one a line: hash, market, side, price, remaining, created.")
        {
            options._url,
            options._timeout,
            options._account,
            options._json,
        };
        options._flags.AddTo(command, hasRate: false);
        options._key.AddTo(command);
        options._list.AddTo(command);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var options = await _flags.ReadAsync(parsed, VenueUrl.Parse(parsed.GetValue(_url)), limit, orders: 0, cancellationToken);
        _list.Apply(parsed, options, isNeeded: true);
        options.OpenOrders!.Timeout = limit;
        options.Reconnect.ConnectInBackground = true; // only the list is asked
        options.Connections = 1;
        options.Liveness.KeepWarm = false;
        if (parsed.GetValue(_account) is { } account)
        {
            options.Account = VenueClient.ParseAddress("--account", account);
        }
        else
        {
            using var key = await _key.LoadAsync(parsed, cancellationToken);
            options.Account = key.Address;
        }

        await using var client = await VenueClient.ConnectAsync(options, key: null, cancellationToken);
        var orders = await ReadAsync(client, cancellationToken);
        Write(orders, options.Account.Value, parsed.GetValue(_json));
        return (int)ExitCode.Done;
    }

    /// <summary>Reads the list.</summary>
    /// <exception cref="CommandException">It could not be read as a whole.</exception>
    public static async Task<IReadOnlyList<OpenOrder>> ReadAsync(DmexClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ListOpenOrdersAsync(cancellationToken);
        }
        catch (OpenOrdersException error)
        {
            throw new CommandException(ExitCode.ConnectionFailed, error.Message, "Check --url and --list-url.", error);
        }
    }

    /// <summary>An order as a line: hash, market, side, price, remaining, created.</summary>
    public static string Line(OpenOrder order)
    {
        var (side, stop) = (order.Side == OrderSide.Buy ? "buy" : "sell", order.IsStop ? " stop" : string.Empty);
        var created = order.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return $"{order.Hash} {OutcomeLine.Printable(order.Asset)} {side} {order.Price} {order.Remaining} {created}{stop}";
    }

    private static void Write(IReadOnlyList<OpenOrder> orders, EthereumAddress account, bool isJson)
    {
        foreach (var order in orders)
        {
            Console.WriteLine(isJson ? OpenOrderJson.Format(order) : Line(order));
        }

        if (isJson)
        {
            Console.WriteLine(OpenOrderJson.Summary(account, orders.Count));
        }
        else if (orders.Count == 0)
        {
            Console.Error.WriteLine($"By the venue's list, {account} has no open orders.");
        }
    }
}
