using System.CommandLine;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Commands;

/// <summary>
/// <c>dmex panic</c>: fires every cancel of a book file, or signs and fires those of given hashes, and prints the report.
/// </summary>
internal sealed class PanicCommand
{
    private const int StandardTimeoutSeconds = 10;
    private const int MaxTimeoutSeconds = 3_600;
    private const int MaxConnections = 16;

    private readonly Option<FileInfo?> _book = new("--book")
    {
        HelpName = "FILE",
        Description = "The book of armed cancels to fire; no key is needed. One that a hung process holds, or that cannot be "
            + "written, is fired from a copy.",
    };

    private readonly Option<string?> _hashes = new("--hashes")
    {
        HelpName = "FILE",
        Description = "A file with order hashes, one a line, to sign and fire; - reads them from standard input.",
    };

    private readonly Option<string?> _url = ConnectFlags.CreateUrl(
        "The venue; must be given with --hashes, and is the book's own without it.");
    private readonly Option<bool> _allowEndpoint = new("--allow-endpoint")
    {
        Description = "Fire the book at --url though its orders were armed for another endpoint.",
    };

    private readonly Option<string?> _scope = new("--scope")
    {
        HelpName = "MASK:VALUE",
        Description = "Only orders with (tag & MASK) == VALUE; both in hex. All unless given.",
    };

    private readonly Option<int> _timeout = NumberOption.Create(
        "--timeout", StandardTimeoutSeconds, 1, MaxTimeoutSeconds, "Seconds to wait for the connection, and again for the answers.");

    private readonly Option<int> _connections = NumberOption.Create("--connections", 2, 1, MaxConnections, "How many connections to use.");
    private readonly Option<bool> _broadcast = new("--broadcast")
    {
        Description = "Send every cancel on each connection, not on one of them.",
    };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Print what would go, one order a line, and cancel nothing." };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "With --cluster: print one JSON object a line and nothing else on standard output.",
    };

    private readonly KeyFlags _key = new();
    private readonly ConnectFlags _flags = new();
    private readonly ListFlags _list = new();
    private readonly OpenOrdersPanic _openOrders = new();
    private readonly ClusterFlags _cluster = new(
        "Order the book's standbys to fire; with no answer, fire it from the stream. No key is needed.");

    private PanicCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new PanicCommand();
        var command = new Command(
            "panic",
            "Cancels all orders of a book file, or of given hashes, at once, and prints the report. The exit code is that of the worst "
            + "outcome, also after Ctrl+C.")
        {
            options._book,
            options._hashes,
            options._url,
            options._allowEndpoint,
            options._scope,
            options._timeout,
            options._connections,
            options._broadcast,
            options._dryRun, options._json,
        };
        options._cluster.AddTo(command);
        options._key.AddTo(command);
        options._flags.AddTo(command, hasRate: true);
        options._list.AddTo(command);
        options._openOrders.AddTo(command);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (_openOrders.IsAsked(parsed))
        {
            return (int)await RunOpenOrdersAsync(parsed, cancellationToken);
        }

        var covered = ParseScope(parsed.GetValue(_scope));
        if (_cluster.Read(parsed) is { } cluster)
        {
            return (int)await RunClusterAsync(cluster, covered, parsed, cancellationToken);
        }

        if (parsed.GetValue(_json))
        {
            throw new CommandException(
                ExitCode.BadInput, "--json is for --cluster. Nothing was sent.", "Leave --json out, or name a --cluster.");
        }

        using var source = await PanicSource.OpenAsync(
            parsed.GetValue(_book), parsed.GetValue(_hashes), parsed.GetValue(_url),
            token => _key.LoadAsync(parsed, token), cancellationToken);
        if (parsed.GetValue(_dryRun))
        {
            return (int)WriteOrders(source.Book, covered);
        }

        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var options = await _flags.ReadAsync(parsed, source.Endpoint, limit, orders: 0, cancellationToken);
        options.Connections = parsed.GetValue(_connections);
        options.Book = source.Book;
        options.AllowBookOfOtherEndpoint = parsed.GetValue(_allowEndpoint);
        RequireEndpoint(options);
        _list.Apply(parsed, options, isNeeded: false);
        var orders = source.Book.ListOrders(covered).Select(order => order.Hash).ToArray();
        await using var client = await VenueClient.ConnectAsync(options, source.Key, cancellationToken);
        await AllReadyAsync(client, cancellationToken);
        var sharing = parsed.GetValue(_broadcast) ? PanicSharing.Broadcast : PanicSharing.Shard;
        Interruption.HasSent = true;
        var panic = client.PanicAsync(
            covered,
            new PanicOptions { Timeout = limit, Sharing = sharing, RespectRateBudget = options.RateBudget is not null },
            CancellationToken.None);

        // Closing the client ends the panic with a report of what is known.
        await using var ending = cancellationToken.Register(() => _ = client.DisposeAsync().AsTask());
        var worst = PanicLines.Write(await panic);
        return (int)(cancellationToken.IsCancellationRequested
            ? worst
            : ExitCodes.Worse(worst, await ListVerdict.WriteAsync(client, options, orders, cancellationToken)));
    }

    private async Task<ExitCode> RunClusterAsync(string file, BookScope scope, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_book) is not null || parsed.GetValue(_hashes) is not null)
        {
            throw new CommandException(
                ExitCode.BadInput, "--cluster takes the orders from the book's standbys and stream. Nothing was sent.",
                "Leave --book and --hashes out.");
        }

        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var url = parsed.GetValue(_url) is { } given ? VenueUrl.Parse(given) : null;
        var options = await _flags.ReadAsync(parsed, url ?? DmexClientOptions.DocumentedEndpoint, limit, orders: 0, cancellationToken);
        options.Connections = parsed.GetValue(_connections);
        options.AllowBookOfOtherEndpoint = parsed.GetValue(_allowEndpoint);
        var sharing = parsed.GetValue(_broadcast) ? PanicSharing.Broadcast : PanicSharing.Shard;
        await using var panic = ClusterPanic.Open(file, scope, parsed.GetValue(_json));
        return await panic.RunAsync(
            owner =>
            {
                options.Endpoint = url ?? VenueUrl.Parse(owner.Endpoint.AbsoluteUri);
                _list.Apply(parsed, options, isNeeded: false);
                return options;
            },
            new PanicOptions { Timeout = limit, Sharing = sharing, RespectRateBudget = options.RateBudget is not null },
            parsed.GetValue(_dryRun),
            cancellationToken);
    }

    private async Task<ExitCode> RunOpenOrdersAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        FlagRules.Refuse(parsed, "--open-orders", [_book, _hashes, _allowEndpoint, _scope, _json, _cluster.Option]);
        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var options = await _flags.ReadAsync(parsed, VenueUrl.Parse(parsed.GetValue(_url)), limit, orders: 0, cancellationToken);
        options.Connections = parsed.GetValue(_connections);
        options.Policy = parsed.GetValue(_broadcast) ? ConnectionPolicy.Broadcast : ConnectionPolicy.Primary;
        _list.Apply(parsed, options, isNeeded: true);
        return await _openOrders.RunAsync(parsed, options, _key, limit, parsed.GetValue(_dryRun), cancellationToken);
    }

    /// <summary>Reads <c>MASK:VALUE</c>.</summary>
    /// <exception cref="CommandException">It is not two hex numbers, or no tag would match.</exception>
    internal static BookScope ParseScope(string? text)
    {
        if (text is null)
        {
            return BookScope.All;
        }

        var parts = text.Split(':');
        if (parts.Length != 2 || !TryParseHex(parts[0], out var mask) || !TryParseHex(parts[1], out var value))
        {
            throw new CommandException(
                ExitCode.BadInput, $"--scope '{text}' is not MASK:VALUE.", "Give two numbers in hex, as in --scope 0xff:0x01.");
        }

        try
        {
            return new BookScope(mask, value);
        }
        catch (ArgumentException error)
        {
            throw new CommandException(ExitCode.BadInput, $"--scope '{text}' matches no tag: VALUE has a bit that MASK has not.",
                "Give a VALUE with bits of MASK only.", error);
        }
    }

    private static bool TryParseHex(string text, out ulong value) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text,
        NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static void RequireEndpoint(DmexClientOptions options)
    {
        if (!options.AllowBookOfOtherEndpoint && options.Book!.Endpoint != options.Endpoint)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"The book's orders were armed for {options.Book.Endpoint}, and --url is {options.Endpoint}. Nothing was sent.",
                "Leave --url out, or add --allow-endpoint if this is the same venue by another name.");
        }
    }

    // One connection is enough to go ahead; the others get a moment, because a panic shares the work.
    private static async Task AllReadyAsync(DmexClient client, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 20 && client.Connections.Any(c => c.State is ConnectionState.Connecting or ConnectionState.Preparing); i++)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    private static ExitCode WriteOrders(CancelBook book, BookScope scope)
    {
        var orders = book.ListOrders(scope);
        foreach (var order in orders)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{order.Hash} tag 0x{order.Tag:x16} priority {order.Priority} {order.State.ToString().ToLowerInvariant()}"));
        }

        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{orders.Count:N0} orders of {book.Account} would be canceled at {book.Endpoint}. Nothing was sent."));
        return ExitCode.Done;
    }
}
