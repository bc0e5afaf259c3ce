using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Standby.Local;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex standby status</c>: what an engine's beat page, or its cluster, says of it, and who watches it.</summary>
internal sealed class StandbyStatusCommand
{
    private readonly StandbyFlags _engine = new();
    private readonly ClusterFlags _cluster = new("Ask the book's cluster in place of the engine's host.");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object and nothing else on standard output." };

    private StandbyStatusCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new StandbyStatusCommand();
        var command = new Command(
            "status",
            "Says whether the engine runs and pulses, whether a standby watches it, and which fence holds; changes nothing. Exit code "
                + "1 when orders are armed and no standby watches, or a fence holds.");
        options._engine.AddTo(command);
        options._cluster.AddTo(command);
        command.Add(options._json);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) => _cluster.Read(parsed) is { } cluster
        ? (int)await RunClusterAsync(cluster, parsed, cancellationToken)
        : RunLocal(parsed);

    private async Task<ExitCode> RunClusterAsync(string cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        FlagRules.Refuse(parsed, "--cluster", [.. _engine.All]);
        return await ClusterStatus.RunAsync(cluster, parsed.GetValue(_json), cancellationToken);
    }

    private int RunLocal(ParseResult parsed)
    {
        var (book, page) = _engine.Read(parsed);
        LocalStandbyStatus status;
        try
        {
            status = LocalStandbyStatus.Read(book, page);
        }
        catch (BeatPageException error)
        {
            throw StandbyErrors.DescribeLook(error);
        }
        catch (BookFileException error)
        {
            throw StandbyErrors.Describe(error);
        }

        if (parsed.GetValue(_json))
        {
            Console.WriteLine(JsonSerializer.Serialize(StandbyStatusReport.Of(status), StandbyStatusJson.Default.StandbyStatusReport));
        }
        else
        {
            Write(status);
        }

        return (int)(status.Fence is not null || (status.Orders > 0 && !status.IsWatched) ? ExitCode.StillOpen : ExitCode.Done);
    }

    private static void Write(LocalStandbyStatus status)
    {
        var state = status.IsClosed ? "closed" : status.IsRunning ? "runs" : "has ended without being closed";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"engine     process {status.ProcessId} {state}; since "
                + $"{status.StartedAt:yyyy-MM-dd HH:mm:ss} UTC"));
        Console.WriteLine($"account    {status.Account}");
        Console.WriteLine($"book       {status.BookPath}, {Figures.Count(status.Orders)} orders");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ttl        {status.Ttl.TotalSeconds:0.###} s"));
        Console.WriteLine($"pulses     {Figures.Count(status.Pulses)}, the last {Ago(status.Silence)}");
        Console.WriteLine(status.StandbyProcessId is { } standby
            ? $"standby    process {standby}, looked {Ago(status.StandbySilence)}{(status.IsWatched ? "" : ": it does not watch any more")}"
            : "standby    none");
        Console.WriteLine(status.Fence is { } fence ? $"fence      {fence}; "
            + $"{(status.HasFoundFence ? "the engine has found it" : "the engine has not found it")}" : "fence      none");
    }

    private static string Ago(TimeSpan? time) => time is { } known ? $"{Figures.Milliseconds(known)} ago" : "never";
}
