using System.CommandLine;
using System.Diagnostics;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex cancel</c>: sends cancels, waits for the answers, and prints what became of each order.</summary>
internal sealed class CancelCommand
{
    private const int StandardTimeoutSeconds = 10;
    private const int MaxTimeoutSeconds = 3_600;

    private readonly Argument<string[]> _hashes = HashInput.CreateArgument();
    private readonly Option<string?> _url = ConnectFlags.CreateUrl("The venue; must be given.");
    private readonly Option<int> _timeout = NumberOption.Create(
        "--timeout", StandardTimeoutSeconds, 1, MaxTimeoutSeconds,
        "Seconds to wait for the connection, and again for the answers; connections that are lost meanwhile are re-established.");

    private readonly Option<string?> _account = new("--account")
    {
        HelpName = "ADDRESS",
        Description = "Refuse to start with a key of another account.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object a line, one for each order, and nothing else on standard output.",
    };
    private readonly KeyFlags _key = new();
    private readonly ConnectFlags _flags = new();
    private readonly ListFlags _list = new();

    private CancelCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new CancelCommand();
        var command = new Command(
            "cancel",
            "Cancels orders and prints one line an order: its hash, what became of it, and the time from the call to the answer. The exit "
            + "code is that of the worst outcome, also after Ctrl+C. Nothing is sent if one hash is wrong.")
        {
            options._hashes,
            options._url,
            options._timeout,
            options._account,
            options._json,
        };
        options._key.AddTo(command);
        options._flags.AddTo(command, hasRate: true);
        options._list.AddTo(command);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var endpoint = VenueUrl.Parse(parsed.GetValue(_url));
        var orders = await HashInput.ReadAllAsync(parsed.GetRequiredValue(_hashes), cancellationToken);
        var limit = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var options = await _flags.ReadAsync(parsed, endpoint, limit, orders.Count, cancellationToken);
        using var key = await _key.LoadAsync(parsed, cancellationToken);
        key.UsesSmallTables = true; // the process ends before large ones are worth their time
        _list.Apply(parsed, options, isNeeded: false);
        VenueClient.RequireAccount(options, parsed.GetValue(_account), key);

        // Both take some hundred milliseconds in a new process: one is done while the other waits for the network.
        var warming = Task.Run(DmexClient.WarmUp, cancellationToken);
        await using var client = await VenueClient.ConnectAsync(options, key, cancellationToken);
        _ = await warming;
        Interruption.HasSent = true;
        var worst = await CancelAsync(client, orders, limit, parsed.GetValue(_json), cancellationToken);
        return (int)ExitCodes.Worse(worst, await ListVerdict.WriteAsync(client, options, orders, cancellationToken));
    }

    private static async Task<ExitCode> CancelAsync(
        DmexClient client, List<OrderHash> orders, TimeSpan limit, bool isJson, CancellationToken cancellationToken)
    {
        // What is given up is told with what is known of it.
        await using var ending = cancellationToken.Register(() => orders.ForEach(order => _ = client.Abandon(order)));

        // All are under way before the first answer is awaited, and all have the same time.
        var started = Stopwatch.GetTimestamp();
        var pending = orders.ConvertAll(order => CancelAsync(client, order, started, limit, cancellationToken));
        var (worst, unknown) = (ExitCode.Done, default(CancelOutcome));
        for (var i = 0; i < orders.Count; i++)
        {
            var outcome = await pending[i];
            Console.WriteLine(isJson ? OutcomeJson.Format(orders[i], outcome) : OutcomeLine.Format(orders[i], outcome));
            worst = ExitCodes.Worse(worst, OutcomeLine.ExitCodeOf(outcome));
            unknown = outcome.UnknownMessages > unknown.UnknownMessages ? outcome : unknown;
        }

        UnknownReplies.Write(unknown.UnknownMessages, unknown.LastUnknownMessage);
        if (worst == ExitCode.StillOpen)
        {
            ErrorText.Write(
                "At least one order may still be open.",
                "Run the same command again: a cancel can be sent twice without harm.");
        }

        return worst;
    }

    /// <summary>Waits for as long as there is time, however often the last connection is lost: its cancels go out on the next.</summary>
    private static async Task<CancelOutcome> CancelAsync(
        DmexClient client, OrderHash order, long started, TimeSpan limit, CancellationToken cancellationToken)
    {
        var known = new CancelOutcome { Kind = CancelOutcomeKind.Unresolved, UnresolvedReason = UnresolvedReason.Abandoned };
        while (!cancellationToken.IsCancellationRequested && limit - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            known = await client.CancelAsync(order, left, CancellationToken.None);
            if (known is not { Kind: CancelOutcomeKind.Unresolved, UnresolvedReason: UnresolvedReason.ConnectionLost })
            {
                break;
            }
        }

        return known;
    }
}
