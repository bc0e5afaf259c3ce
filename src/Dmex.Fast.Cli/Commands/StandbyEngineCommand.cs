using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Drills;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex standby engine</c>, which the drill starts: an engine that arms orders, pulses, and does what its input says.</summary>
internal static class StandbyEngineCommand
{
    private const double MinTtl = 0.1;
    private const double MaxTtl = 20;

    /// <summary>The command with its options and action; the help does not list it.</summary>
    public static Command Create()
    {
        var folder = new Option<DirectoryInfo>("--folder") { Required = true, Description = "Where the drill's files are." };
        var url = ConnectFlags.CreateUrl("The drill's venue.");
        var ttl = NumberOption.CreateSeconds("--ttl", MaxTtl, "How many seconds of silence a standby allows.", MinTtl);
        var command = new Command("engine", "The engine of a drill, as 'dmex standby drill' starts it.") { folder, url, ttl };
        command.Hidden = true;
        command.SetAction(async parsed =>
        {
            KeySource.ForgetEnvironment();
            var files = new DrillFolder(parsed.GetValue(folder)!.FullName);
            X509Certificate2Collection? roots = null;
            if (File.Exists(files.Certificate))
            {
                roots = [];
                roots.ImportFromPemFile(files.Certificate);
            }

            await DrillEngine.RunAsync(
                files,
                VenueUrl.Parse(parsed.GetValue(url)),
                roots,
                TimeSpan.FromSeconds(parsed.GetValue(ttl) ?? 1),
                HashInput.OpenStandardInput(),
                Console.Out);
            return (int)ExitCode.Done;
        });
        return command;
    }
}
