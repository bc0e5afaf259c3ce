using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys;
using Dmex.Fast.Lab.Reporting;

namespace Dmex.Fast.Cli.Commands;

/// <summary>The root of the command line: parses, runs the command, and turns failures into text and an exit code.</summary>
internal static class DmexCommand
{
    /// <summary>Parses and runs <paramref name="args"/>.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(string[] args)
    {
        StandardStreams.Claim();
        using var interruption = new Interruption();

        // Without arguments the help says more than an error would.
        var parsed = Create().Parse(args.Length == 0 ? ["--help"] : args);
        var code = UsageErrors.Write(parsed) ? ExitCode.BadInput : await RunAsync(parsed, interruption.Token);
        return (int)StandardStreams.Conclude(code);
    }

    /// <summary>The command tree.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Signs and sends DMEX cancels, fast and surely.\n\nThe private key comes from --key-file, from --keystore with a "
                + $"password or, weaker, from {KeySource.EnvironmentVariable}; never from an argument.\n\n{ExitCodes.Describe()}");
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        root.Add(AddressCommand.Create());
        root.Add(KeyCommand.Create());
        root.Add(SignCommand.Create());
        root.Add(CancelCommand.Create());
        root.Add(PanicCommand.Create());
        root.Add(StandbyCommand.Create());
        root.Add(ResumeCommand.Create());
        root.Add(OrdersCommand.Create());
        root.Add(VenueCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(LatencyCommand.Create());
        return root;
    }

    private static async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        // Failures and signals are ours to word.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return (ExitCode)await Task.Run(() => parsed.InvokeAsync(configuration, cancellationToken), CancellationToken.None);
        }
        catch (CommandException error)
        {
            ErrorText.Write(error.Message, error.Remedy);
            return error.ExitCode;
        }
        catch (SecretFileException error)
        {
            ErrorText.Write(error.Fault, error.Remedy);
            return error.IsOutput ? ExitCode.BadInput : ExitCode.KeyUnusable;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            ErrorText.Write(
                $"Interrupted{RunProgress.Where()}.",
                Interruption.HasSent ? "Orders may still be open: run the command again."
                    : "No cancel was sent to a venue of yours. Run the command again when you are ready.");
            return Interruption.HasSent ? ExitCode.StillOpen : ExitCode.Interrupted;
        }
        catch (LabException error)
        {
            ErrorText.Write(error.Message, error.Remedy);
            return error.Failure == LabFailure.Venue ? ExitCode.ConnectionFailed : ExitCode.BadInput;
        }
        catch (Exception error)
        {
            ErrorText.Write($"Unexpected error: {error}", "This is a defect: please report the lines above.");
            return ExitCode.InternalError;
        }
    }
}
