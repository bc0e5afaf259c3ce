using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Local;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Commands;

/// <summary>
/// <c>dmex standby</c>: watches an engine, on this host or over a cluster, and cancels its armed orders when it is gone or silent.
/// </summary>
internal sealed class StandbyCommand
{
    private const int StandardTimeoutSeconds = 10;
    private const int MaxTimeoutSeconds = 3_600;
    private const int MaxConnections = 16;
    private const double MinTtl = 0.1;
    private const double MaxTtl = 3_600;

    private readonly StandbyFlags _engine = new();
    private readonly ClusterFlags _cluster = new("Watch from another host, over the book's cluster, in place of --book.");

    private readonly Option<string?> _name = new("--name")
    {
        HelpName = "NAME",
        Description = "With --cluster: this standby's name, which no other one has.",
    };

    private readonly Option<string?> _account = new("--account")
    {
        HelpName = "ADDRESS",
        Description = "With --cluster: refuse a book of another account.",
    };

    private readonly Option<double?> _isolatedAfter = NumberOption.CreateSeconds(
        "--isolated-after", MaxTtl,
        "With --cluster: act after so many seconds alone, without engine and witnesses; 10 unless given.", MinTtl);

    private readonly Option<bool> _hold = new("--hold")
    {
        Description = "With --cluster: alone, hold in place of firing; where another standby runs elsewhere.",
    };

    private readonly Option<string?> _udp = new("--udp")
    {
        HelpName = "[ADDRESS:]PORT",
        Description = "With --cluster: listen for the engine's beats by UDP, too, at an address of this host or, with the port alone, "
            + "at all.",
    };

    private readonly Option<string?> _url = ConnectFlags.CreateUrl("The venue; the book's own unless given.");
    private readonly Option<bool> _allowEndpoint = new("--allow-endpoint")
    {
        Description = "Fire the book at --url though its orders "
        + "were armed for another endpoint."
    };

    private readonly Option<double?> _ttl = NumberOption.CreateSeconds(
        "--ttl", MaxTtl, "Fire after so many seconds without a pulse; unless given, what the engine's options say or, with "
            + "--cluster, 2, which must be the engine's Ttl.", MinTtl);

    private readonly Option<int> _timeout = NumberOption.Create(
        "--timeout", StandardTimeoutSeconds, 1, MaxTimeoutSeconds, "Seconds to wait for the connection, and for the answers until "
            + "each report.");

    private readonly Option<int> _connections = NumberOption.Create("--connections", 2, 1, MaxConnections, "How many connections to keep.");
    private readonly Option<bool> _broadcast = new("--broadcast")
    {
        Description = "Send every cancel on each connection, not on one "
        + "of them."
    };
    private readonly Option<bool> _wait = new("--wait")
    {
        Description = "Wait for an engine when there is none yet, in place of an "
        + "error."
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Watch, and say what would be fired; connect to no venue, fence nothing, send nothing.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object a line and nothing else on standard "
        + "output."
    };
    private readonly ConnectFlags _flags = new();
    private readonly ListFlags _list = new();

    private StandbyCommand()
    {
    }

    /// <summary>The command with its options, actions and subcommands.</summary>
    public static Command Create()
    {
        var options = new StandbyCommand();
        var command = new Command(
            "standby",
            "Watches an engine, on this host with --book or from another one with --cluster, and cancels every order of its book when it "
                + "is killed or silent; it needs no key. On the same host it ends with the engine; the exit code is that of the worst "
                + "outcome.");
        options._engine.AddTo(command);
        options._cluster.AddTo(command);
        Option[] own =
        [
            options._name, options._account, options._isolatedAfter, options._hold, options._udp,
            options._url, options._allowEndpoint, options._ttl, options._timeout, options._connections, options._broadcast, options._wait,
            options._dryRun, options._json,
        ];
        Array.ForEach(own, command.Add);
        options._flags.AddTo(command, hasRate: true);
        options._list.AddTo(command);
        command.Add(StandbyInitCommand.Create());
        command.Add(StandbyStatusCommand.Create());
        command.Add(StandbyDrillCommand.Create());
        command.Add(StandbyEngineCommand.Create());
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (_cluster.Read(parsed) is { } cluster)
        {
            FlagRules.Refuse(parsed, "--cluster", [.. _engine.All, _wait]);
            return (int)await RunClusterAsync(cluster, parsed, cancellationToken);
        }

        FlagRules.Refuse(parsed, "--book", _name, _account, _isolatedAfter, _hold, _udp);
        var options = await ReadAsync(parsed, cancellationToken);
        var json = parsed.GetValue(_json);
        var worst = ExitCode.Done;
        try
        {
            await foreach (var notice in LocalStandby.RunAsync(options, cancellationToken))
            {
                Interruption.HasSent |= notice.Kind == StandbyNoticeKind.Fired;
                Console.WriteLine(json ? StandbyNoticeText.Json(notice) : StandbyNoticeText.Line(notice));
                worst = notice.Report is { } report ? Conclude(report, json) : worst;
            }
        }
        catch (BeatPageException error)
        {
            throw StandbyErrors.Describe(error);
        }
        catch (BookFileException error)
        {
            throw StandbyErrors.Describe(error);
        }
        catch (Exception error) when (VenueClient.Describe(error) is not null)
        {
            throw VenueClient.Describe(error)!;
        }

        return (int)worst;
    }

    private async Task<ExitCode> RunClusterAsync(string file, ParseResult parsed, CancellationToken cancellationToken)
    {
        var cluster = ClusterAccess.Open(file, NatsStandbyRole.Standby);
        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var url = parsed.GetValue(_url) is { } given ? VenueUrl.Parse(given) : null;
        var client = await _flags.ReadAsync(parsed, url ?? DmexClientOptions.DocumentedEndpoint, limit, orders: 0, cancellationToken);
        client.Connections = parsed.GetValue(_connections);
        _list.Apply(parsed, new DmexClientOptions { Endpoint = client.Endpoint }, isNeeded: false); // what is wrong is said at once
        var options = new StandbyClusterOptions
        {
            Name = parsed.GetValue(_name) ?? throw new CommandException(
                ExitCode.BadInput,
                "A standby of a cluster needs a name that no other one has.", "Give --name NAME, 1 to 32 of a-z, 0-9 and '-'."),
            Book = cluster.Options.Book,
            DryRun = parsed.GetValue(_dryRun),
            UdpListen = parsed.GetValue(_udp),
            OnIsolated = parsed.GetValue(_hold) ? IsolationPolicy.Hold : IsolationPolicy.Fire,
        };
        options.Ttl = parsed.GetValue(_ttl) is { } ttl ? TimeSpan.FromSeconds(ttl) : options.Ttl;
        options.IsolatedAfter = parsed.GetValue(_isolatedAfter) is { } alone ? TimeSpan.FromSeconds(alone) : options.IsolatedAfter;
        var account = parsed.GetValue(_account) is { } address ? VenueClient.ParseAddress("--account", address) : default(EthereumAddress?);
        await using var standby = new ClusterStandby(cluster, options, client, PanicOf(parsed, client, limit), parsed.GetValue(_json));
        return await standby.RunAsync(
            owner =>
            {
                client.Endpoint = url ?? VenueUrl.Parse(owner.Endpoint.AbsoluteUri);
                client.AllowBookOfOtherEndpoint = parsed.GetValue(_allowEndpoint);
                _list.Apply(parsed, client, isNeeded: false);
            },
            url,
            account,
            cancellationToken);
    }

    private PanicOptions PanicOf(ParseResult parsed, DmexClientOptions client, TimeSpan limit) => new()
    {
        Timeout = limit,
        Sharing = parsed.GetValue(_broadcast) ? PanicSharing.Broadcast : PanicSharing.Shard,
        RespectRateBudget = client.RateBudget is not null,
    };

    private static ExitCode Conclude(StandbyReport report, bool json)
    {
        if (!json)
        {
            _ = PanicLines.Write(report.Panic);
            if (report.StillListed is { } open)
            {
                Console.WriteLine(open.Count == 0 ? "by the venue's list  none is open" : $"by the venue's list  {open.Count} are open");
            }
            else if (report.ListFailure is { } failure)
            {
                Console.WriteLine($"the venue's list says nothing: {failure}");
            }
        }

        return ExitCodes.Of(report.Panic.Rejected, !report.IsClear);
    }

    private async Task<LocalStandbyOptions> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (book, page) = _engine.Read(parsed);
        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var endpoint = parsed.GetValue(_url) is { } url ? VenueUrl.Parse(url) : EndpointOf(book);
        var client = await _flags.ReadAsync(parsed, endpoint, limit, orders: 0, cancellationToken);
        client.Connections = parsed.GetValue(_connections);
        client.AllowBookOfOtherEndpoint = parsed.GetValue(_allowEndpoint);
        _list.Apply(parsed, client, isNeeded: false);
        return new LocalStandbyOptions
        {
            BookPath = book,
            BeatPagePath = page,
            Ttl = parsed.GetValue(_ttl) is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
            IsDryRun = parsed.GetValue(_dryRun),
            WaitsForEngine = parsed.GetValue(_wait),
            Client = client,
            Panic = PanicOf(parsed, client, limit),
        };
    }

    private static Uri EndpointOf(string path)
    {
        try
        {
            using var book = CancelBook.OpenReadOnly(path);
            return book.Endpoint;
        }
        catch (BookFileException error)
        {
            throw StandbyErrors.Describe(error);
        }
    }
}
