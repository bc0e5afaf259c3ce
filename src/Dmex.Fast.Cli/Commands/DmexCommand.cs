using System.CommandLine;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Reporting;

namespace Dmex.Fast.Cli.Commands;

/// <summary>The root of the command line: parses, runs the command, and turns failures into text and an exit code.</summary>
internal static class DmexCommand
{
    /// <summary>Parses and runs <paramref name="args"/>.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(string[] args)
    {
        // Without arguments the help says more than an error would.
        var parsed = Create().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"dmex: {ErrorText.Redact(error.Message)}");
            }

            var path = parsed.CommandResult.Command is RootCommand ? "dmex" : $"dmex {parsed.CommandResult.Command.Name}";
            await Console.Error.WriteLineAsync($"      Run '{path} --help' for what it takes.");
            return (int)ExitCode.BadInput;
        }

        // Failures are ours to word. The venue stops its connections within the time given here after Ctrl+C.
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (CommandException error)
        {
            ErrorText.Write(error.Message, error.Remedy);
            return (int)error.ExitCode;
        }
        catch (LabException error)
        {
            ErrorText.Write(error.Message, error.Remedy);
            return (int)(error.Failure == LabFailure.Venue ? ExitCode.ConnectionFailed : ExitCode.BadInput);
        }
        catch (OperationCanceledException)
        {
            ErrorText.Write("Interrupted before the work was done.", "Run the command again when you are ready.");
            return (int)ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            ErrorText.Write($"Unexpected error: {error}", "This is a defect: please report the lines above.");
            return (int)ExitCode.InternalError;
        }
    }

    /// <summary>The command tree.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(
            $"Signs and sends DMEX cancels, fast and surely.\n\nThe private key comes from --key-file or, weaker, from {Input.KeySource.EnvironmentVariable}; never from an argument.\n\n{ExitCodes.Describe()}");
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        root.Add(AddressCommand.Create());
        root.Add(SignCommand.Create());
        root.Add(CancelCommand.Create());
        root.Add(PanicCommand.Create());
        root.Add(VenueCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(LatencyCommand.Create());
        return root;
    }
}
