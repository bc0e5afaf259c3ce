using System.CommandLine;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex resume</c>: shows the fence that a fire left, and acknowledges it, so that an engine may begin again.</summary>
internal sealed class ResumeCommand
{
    private static readonly TimeSpan Listening = TimeSpan.FromMilliseconds(1_300);

    private readonly ClusterFlags _cluster = new("The book's cluster.", isRequired: true);

    private readonly Option<string?> _fence = new("--fence")
    {
        HelpName = "ID",
        Description = "The fence that is acknowledged, as 'dmex standby status' names it; without it, nothing changes.",
    };

    private readonly Option<bool> _reconciled = new("--reconciled")
    {
        Description = "Acknowledge it though orders are not known to be closed: you have compared the venue's open orders with the book.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object, that of 'dmex standby status', and nothing else on standard output.",
    };

    private ResumeCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new ResumeCommand();
        var command = new Command(
            "resume",
            "After a fire over a cluster: shows the fence and what is known of its orders and, with --fence, acknowledges it, so that the "
                + "engine may resume. Exit code 1 while a fence holds.");
        options._cluster.AddTo(command);
        command.Add(options._fence);
        command.Add(options._reconciled);
        command.Add(options._json);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var asked = ParseFence(parsed.GetValue(_fence));
        var said = parsed.GetValue(_json) ? TextWriter.Null : Console.Out;
        await using var cluster = ClusterAccess.Open(_cluster.Read(parsed)!, NatsStandbyRole.Operator);
        await using var person = new StandbyOperator("operator", cluster.Options.Book, cluster.Key, cluster.Link);
        var (book, problem) = await ClusterStatus.ReadAsync(person, cluster, cancellationToken);
        if (book is null)
        {
            throw ClusterStatus.Unreachable(cluster, problem!);
        }

        if (!book.IsFenced)
        {
            WriteJson(parsed, cluster, person, book);
            await said.WriteLineAsync(
                $"Generation {book.Generation} of book {cluster.Options.Book} is not fenced: nothing is to be resumed.");
            return (int)(asked is null ? ExitCode.Done : throw Refused($"{ClusterNotice.FenceText(asked.Value)} is no fence that holds."));
        }

        await Task.Delay(Listening, cancellationToken);
        var open = Describe(book, person, said);
        if (asked is not { } id)
        {
            WriteJson(parsed, cluster, person, book);
            Console.Error.WriteLine($"Compare the venue's open orders with the book, then run: dmex resume --cluster FILE --fence "
                + $"{ClusterNotice.FenceText(book.FenceId)}");
            return (int)(book.IsAcknowledged ? ExitCode.Done : ExitCode.StillOpen);
        }

        if (id != book.FenceId && !book.Fences.Any(fence => fence.Id == id))
        {
            throw Refused($"{ClusterNotice.FenceText(id)} is a fence of a former generation, or of none; the one that holds is "
                + $"{ClusterNotice.FenceText(book.FenceId)}.");
        }

        if (open != 0 && !parsed.GetValue(_reconciled))
        {
            throw new CommandException(
                ExitCode.StillOpen,
                open is { } count
                    ? $"{Figures.Count(count)} orders of generation {book.Fenced} are not known to be closed. Nothing was acknowledged."
                    : $"No standby says what became of the orders of generation {book.Fenced}. Nothing was acknowledged.",
                "Compare the venue's open orders with the book ('dmex panic --cluster FILE --dry-run' lists it), cancel what is open, and "
                    + "add --reconciled.");
        }

        var done = await AcknowledgeAsync(person, book, id, said, cancellationToken);
        if (parsed.GetValue(_json))
        {
            (book, problem) = await ClusterStatus.ReadAsync(person, cluster, cancellationToken); // with the acknowledgement
            WriteJson(parsed, cluster, person, book, problem);
        }

        return (int)done;
    }

    /// <summary>The state of the book, where JSON is asked for.</summary>
    private void WriteJson(ParseResult parsed, ClusterAccess cluster, StandbyOperator person, StandbyBook? book, string? problem = null)
    {
        if (parsed.GetValue(_json))
        {
            Console.WriteLine(ClusterJson.Write(ClusterStatus.Describe(cluster, person, book, problem)));
        }
    }

    private static async Task<ExitCode> AcknowledgeAsync(
        StandbyOperator person, StandbyBook book, ulong id, TextWriter said, CancellationToken cancellationToken)
    {
        try
        {
            await person.AcknowledgeAsync(book, id, cancellationToken);
        }
        catch (StandbyLinkException error)
        {
            throw new CommandException(
                ExitCode.ConnectionFailed,
                $"Nobody knows whether it was acknowledged: {error.Message}", "Run the command again; twice does no harm.", error);
        }

        await said.WriteLineAsync($"acknowledged {ClusterNotice.FenceText(id)}: an engine that waits resumes, and one that starts claims "
            + $"generation {book.Fenced + 1}.");
        await Console.Error.WriteLineAsync(
            "The orders of the fenced generation are forgotten by then: reconcile the engine's book with the venue's "
            + "open orders before it quotes.");
        return ExitCode.Done;
    }

    /// <returns>How many orders are not known to be closed; null: no standby says.</returns>
    private static int? Describe(StandbyBook book, StandbyOperator person, TextWriter said)
    {
        foreach (var fence in book.Fences)
        {
            said.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"fence      {ClusterNotice.FenceText(fence.Id)} of generation {fence.Generation} by {fence.By} at "
                    + $"{fence.At:yyyy-MM-dd HH:mm:ss} UTC: {ClusterNotice.Why(fence.Evidence)}"));
        }

        if (book.Fences.Count == 0)
        {
            said.WriteLine($"fence      {ClusterNotice.FenceText(book.FenceId)} of generation {book.Fenced}");
        }

        said.WriteLine($"book       {Figures.Count(book.Orders.Count)} orders of {book.Owner?.Account} at {book.Owner?.Endpoint}");
        var standbys = person.Standbys.Where(standby => standby.Fenced >= book.Fenced && !standby.IsDryRun).ToArray();
        foreach (var standby in standbys)
        {
            said.WriteLine($"report     {standby.Name}: {Figures.Count(standby.Orders)} orders are not known to be closed");
        }

        said.WriteLine($"state      {(book.IsAcknowledged ? "acknowledged: an engine may begin" : "not acknowledged")}");
        return book.Orders.Count == 0 ? 0 : standbys.Length == 0 ? null : standbys.Min(standby => standby.Orders);
    }

    private static ulong? ParseFence(string? text) => text is null
        ? null
        : ulong.TryParse(
            text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text,
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var id)
            ? id
            : throw Refused($"--fence '{text}' is not the id of a fence, which is sixteen hex digits.");

    private static CommandException Refused(string message) => new(
        ExitCode.BadInput, $"{message} Nothing was acknowledged.", "'dmex standby status --cluster FILE' names the fence that holds.");
}
