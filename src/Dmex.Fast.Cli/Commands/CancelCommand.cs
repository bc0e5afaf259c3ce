using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Latency;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex cancel</c>: sends cancels, waits for the answers, and prints what became of each order.</summary>
internal static class CancelCommand
{
    private const int StandardTimeoutSeconds = 10;
    private const int MaxTimeoutSeconds = 3_600;

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var hashes = HashInput.CreateArgument();
        var keyFile = KeySource.CreateOption();
        var url = new Option<string>("--url")
        {
            HelpName = "URL",
            Description = "The venue: wss://, or ws:// without encryption.",
            DefaultValueFactory = _ => DmexClientOptions.DefaultEndpoint.ToString(),
        };
        var roots = new Option<FileInfo?>("--ca")
        {
            HelpName = "FILE",
            Description = "PEM file with the certificates to trust in place of the system's.",
        };
        var timeout = NumberOption.Create(
            "--timeout", StandardTimeoutSeconds, 1, MaxTimeoutSeconds, "Seconds to wait for the connection, and again for the answers.");
        var account = new Option<string?>("--account")
        {
            HelpName = "ADDRESS",
            Description = "Refuse to start with a key of another account.",
        };
        var command = new Command(
            "cancel",
            "Cancels orders and prints one line an order: its hash, what became of it, and the time from the call to the answer. The exit code is that of the worst outcome. Nothing is sent if one hash is wrong.")
        {
            hashes,
            url,
            roots,
            timeout,
            account,
            keyFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var orders = await HashInput.ReadAllAsync(parsed.GetRequiredValue(hashes), cancellationToken);
            var options = ConnectOptions.Create(
                parsed.GetRequiredValue(url), parsed.GetValue(roots), TimeSpan.FromSeconds(parsed.GetValue(timeout)), orders.Count);
            using var key = KeySource.Load(parsed.GetValue(keyFile));
            key.UsesSmallTables = true; // the process ends before large ones are worth their time
            ConnectOptions.RequireAccount(options, parsed.GetValue(account), key);

            // Both take some hundred milliseconds in a new process: one is done while the other waits for the network.
            var warming = Task.Run(DmexClient.WarmUp, cancellationToken);
            await using var client = await ConnectOptions.ConnectAsync(options, key, cancellationToken);
            _ = await warming;
            return (int)await RunAsync(client, orders, cancellationToken);
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(DmexClient client, List<OrderHash> orders, CancellationToken cancellationToken)
    {
        // All are under way before the first answer is awaited; each has its own deadline.
        var pending = orders.ConvertAll(order => CancelAsync(client, order, cancellationToken));
        var worst = ExitCode.Done;
        for (var i = 0; i < orders.Count; i++)
        {
            var outcome = await pending[i];
            Console.WriteLine(OutcomeLine.Format(orders[i], outcome));
            worst = ExitCodes.Worse(worst, OutcomeLine.ExitCodeOf(outcome));
        }

        if (worst == ExitCode.StillOpen)
        {
            ErrorText.Write(
                "At least one order may still be open.",
                "Run the same command again: a cancel can be sent twice without harm.");
        }

        return worst;
    }

    private static async Task<CancelOutcome> CancelAsync(DmexClient client, OrderHash order, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CancelAsync(order, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C: what was sent may have arrived or not, and each order still gets its line.
            return new CancelOutcome { Kind = CancelOutcomeKind.Unresolved, UnresolvedReason = UnresolvedReason.WaitCanceled };
        }
    }
}
