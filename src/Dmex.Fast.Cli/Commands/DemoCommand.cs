using System.CommandLine;
using System.Text.Json;
using Dmex.Fast.Cli.Demo;
using Dmex.Fast.Cli.Input;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex demo</c>: the main job, measured, beside the same job done by other means.</summary>
internal static class DemoCommand
{
    // Every way's messages fit the venue's transcript, which the final check reads.
    private const int MaximumOrders = 200_000;
    private const int MaximumWarmUp = 20_000;

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var orders = NumberOption.Create("--orders", 1_000, 1, MaximumOrders, "How many orders to open and cancel, each way.");
        var warmUp = NumberOption.Create("--warm-up", 2_500, 0, MaximumWarmUp, "How many more orders to cancel first, each way, without measuring; more follow until nothing is compiled or allocated any more, and none with 0.");
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else on standard output." };
        var command = new Command(
            "demo",
            "Cancels orders at a simulated venue on loopback over TLS, checks with the venue that each was cancelled with a valid signature, and prints what it cost beside the same job done the usual way. Needs no key and no network. Exit code 1 if an order stayed open.")
        {
            orders,
            warmUp,
            json,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(orders), parsed.GetValue(warmUp), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int orders, int warmUp, bool json, CancellationToken cancellationToken)
    {
        var report = await DemoProgress.RunAsync(progress => DemoRunner.RunAsync(orders, warmUp, progress, cancellationToken));
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, DemoJson.Default.DemoReport));
        }
        else
        {
            DemoTable.Write(report);
        }

        List<WayReport?> ways = [report, report.Usual, report.Best, report.Unverified];
        if (ways.Find(way => way is { IsComplete: false }) is { } incomplete)
        {
            ErrorText.Write(
                $"Not every order is confirmed as cancelled ({incomplete.Description}): {incomplete.FirstFailure}",
                "This is a defect of the program or of its simulated venue: please report it.");
            return (int)ExitCode.StillOpen;
        }

        return (int)ExitCode.Done;
    }
}
