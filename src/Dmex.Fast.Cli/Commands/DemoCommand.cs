using System.CommandLine;
using System.Text.Json;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Demo;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Lab.Venues;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex demo</c>: the main job, measured, beside the same job done by other means.</summary>
internal static class DemoCommand
{
    // Every way's messages fit the venue's transcript, which the final check reads.
    private const int MaxOrders = 200_000;
    private const int MaxWarmUp = 20_000;
    private const int StandardOrders = 1_000;
    private const int StandardBurst = 10_000;

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var orders = NumberOption.Create(
            "--orders", StandardOrders, 1, MaxOrders, "How many orders to open and cancel, each way; with --panic, how many in the burst.");
        var warmUp = NumberOption.Create("--warm-up", 2_500, 0, MaxWarmUp, "How many more orders to cancel first, each way, without "
            + "measuring; more follow until nothing is compiled or allocated any more, and none with 0.");
        var panic = new Option<bool>("--panic")
        {
            Description = "After the single cancels (1,000 at most), cancel orders all at "
                + "once, and the same burst by other means; 10,000 unless --orders is given.",
        };
        var usual = UsualOption.Create("Which library signs in the usual way.");
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else on standard output." };
        var command = new Command(
            "demo",
            "Cancels orders at a simulated venue on loopback over TLS, checks with the venue that each was canceled with a valid "
                + "signature, and prints what it cost beside the same job done the usual way. Needs no key and no network. "
                + "Exit code 1 if an order stayed open.")
        {
            orders,
            warmUp,
            panic,
            usual,
            json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var isGiven = parsed.GetResult(orders) is { Implicit: false };
            var count = parsed.GetValue(orders);
            var (single, burst) = parsed.GetValue(panic) ? (Math.Min(count, StandardOrders), isGiven ? count : StandardBurst) : (count, 0);
            var signer = UsualOption.Read(parsed, usual) ?? UsualSigner.BouncyCastle;
            return RunAsync(single, burst, parsed.GetValue(warmUp), signer, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        int orders, int burst, int warmUp, UsualSigner usual, bool json, CancellationToken cancellationToken)
    {
        KeySource.ForgetEnvironment();
        var report = await RunProgress.RunAsync(async progress =>
        {
            // The burst first: its cold figures are those of a process that has done nothing else.
            var panic = burst > 0
                ? await MeasuringRig.GuardAsync(token => PanicDemo.RunAsync(burst, usual, progress, token), burst, cancellationToken)
                : null;
            return await DemoRunner.RunAsync(orders, warmUp, usual, progress, cancellationToken) with { Panic = panic };
        });
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, DemoJson.Default.DemoReport));
        }
        else
        {
            if (report.Panic is { } panic)
            {
                PanicTable.Write(panic);
            }

            DemoTable.Write(report);
        }

        List<WayReport?> ways = [report, report.Usual, report.Best, report.Unverified];
        if (ways.Find(way => way is { IsComplete: false }) is { } incomplete)
        {
            ErrorText.Write(
                $"Not every order is confirmed as canceled ({incomplete.Description}): {incomplete.FirstFailure}",
                "This is a defect of the program or of its simulated venue: please report it.");
            return (int)ExitCode.StillOpen;
        }

        List<PanicFigures?> bursts = [report.Panic, report.Panic?.Cold, report.Panic?.PreSigned, report.Panic?.Usual];
        if (bursts.Find(figures => figures is not null && figures.Confirmed != figures.Orders) is { } unfinished)
        {
            ErrorText.Write(
                $"Not every order of a burst is confirmed as canceled ({unfinished.Description}): {unfinished.Confirmed} of "
                + $"{unfinished.Orders}.",
                "This is a defect of the program or of its simulated venue: please report it.");
            return (int)ExitCode.StillOpen;
        }

        return (int)ExitCode.Done;
    }
}
