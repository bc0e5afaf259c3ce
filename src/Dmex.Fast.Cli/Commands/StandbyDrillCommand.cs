using System.CommandLine;
using System.Text.Json;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Drills;
using Dmex.Fast.Lab.Tables;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex standby drill</c>: an engine is killed, stopped and hung, and its orders are canceled by a standby.</summary>
internal static class StandbyDrillCommand
{
    private const int MaxOrders = 100_000;
    private const int StandardOrders = 1_000;
    private const double MinTtl = 0.1;
    private const double MaxTtl = 20;

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var orders = NumberOption.Create("--orders", StandardOrders, 1, MaxOrders, "How many orders to arm in each round.");
        var ttl = NumberOption.CreateSeconds("--ttl", MaxTtl, "How many seconds of silence the standby allows; 1 unless given.", MinTtl);
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else on standard output." };
        var command = new Command(
            "drill",
            "Shows on this machine, in less than a minute, an engine killed, stopped and hung and its orders canceled by a standby, "
                + "with the times. Needs no key and no network: the venue is simulated, everything else is real. Exit code 1 if an "
                + "order stayed open.")
        {
            orders,
            ttl,
            json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(orders),
            TimeSpan.FromSeconds(parsed.GetValue(ttl) ?? 1),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int orders, TimeSpan ttl, bool json, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandException(ExitCode.BadInput, "A standby on the engine's host needs Linux.", "Run the drill there.");
        }

        KeySource.ForgetEnvironment();
        var report = await RunProgress.RunAsync(progress => StandbyDrill.RunAsync(
            [DrillFault.Killed, DrillFault.Stopped, DrillFault.Hung], orders, ttl, progress, cancellationToken));
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, DrillJson.Default.DrillReport));
        }
        else
        {
            DrillTable.Write(report);
        }

        if (report.IsClear)
        {
            return (int)ExitCode.Done;
        }

        ErrorText.Write("Orders of the drill stayed open at its venue.", "This is a defect of the program or of its simulated venue: "
            + "please report it.");
        return (int)ExitCode.StillOpen;
    }
}
