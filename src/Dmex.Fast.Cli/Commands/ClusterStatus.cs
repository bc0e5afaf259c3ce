using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Commands;

/// <summary>What a book's cluster says of engine, standbys and fences; changes nothing.</summary>
internal static class ClusterStatus
{
    // A standby tells of itself twice a second, an engine ten times.
    private static readonly TimeSpan Listening = TimeSpan.FromMilliseconds(1_300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks, and prints what it saw.</summary>
    public static async Task<ExitCode> RunAsync(string file, bool json, CancellationToken cancellationToken)
    {
        await using var cluster = ClusterAccess.Open(file, NatsStandbyRole.Operator);
        await using var person = new StandbyOperator("operator", cluster.Options.Book, cluster.Key, cluster.Link);
        var (book, problem) = await ReadAsync(person, cluster, cancellationToken);
        await Task.Delay(Listening, cancellationToken);
        if (book is null && person.Generation == 0)
        {
            throw Unreachable(cluster, problem!);
        }

        var report = Describe(cluster, person, book, problem);
        if (json)
        {
            Console.WriteLine(ClusterJson.Write(report));
        }
        else
        {
            Write(report);
        }

        if (person.Refused > 0)
        {
            ErrorText.Write(
                $"{person.Refused} messages were sealed by another key.",
                "Every role's folder of a book has the same standby.key: copy the folders of one 'dmex standby init'.");
        }

        var isOpen = (report.IsFenced && !report.IsAcknowledged) || book is null || (report.Orders > 0 && report.WouldFire.Count == 0);
        return isOpen ? ExitCode.StillOpen : ExitCode.Done;
    }

    /// <summary>Reads the book, once a majority of the servers is there or the time is up.</summary>
    /// <returns>It; or why it cannot be read.</returns>
    public static async Task<(StandbyBook? Book, string? Problem)> ReadAsync(
        StandbyOperator person, ClusterAccess cluster, CancellationToken cancellationToken)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        soon.CancelAfter(Patience);
        var problem = "it did not answer in time";
        try
        {
            await cluster.Link.WaitForServersAsync(1, soon.Token);
            while (true)
            {
                try
                {
                    return (await person.ReadBookAsync(soon.Token), null);
                }
                catch (StandbyLinkException error)
                {
                    problem = error.Message;
                    await Task.Delay(100, soon.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, problem);
        }
    }

    /// <summary>The cluster cannot be reached, as advice.</summary>
    public static CommandException Unreachable(ClusterAccess cluster, string problem) => new(
        ExitCode.ConnectionFailed,
        $"The stream of book {cluster.Options.Book} cannot be read: "
            + $"{problem}.{string.Concat(cluster.Problems.Select(line => $"\n      {line}"))}",
        "Check that two of three servers run and can be reached from here. 'dmex panic --book FILE' on the engine's host needs none of "
            + "them.");

    /// <summary>What is known of the book.</summary>
    public static ClusterStatusReport Describe(ClusterAccess cluster, StandbyOperator person, StandbyBook? book, string? problem)
    {
        var standbys = person.Standbys;
        var generation = Math.Max(book?.Generation ?? 0, person.Generation);
        return new ClusterStatusReport
        {
            Book = cluster.Options.Book,
            Account = book?.Owner?.Account.ToString(),
            Endpoint = book?.Owner?.Endpoint.ToString(),
            Generation = generation,
            Orders = book?.Orders.Count,
            StreamProblem = problem,
            EngineSilent = person.EngineSilent?.TotalMilliseconds,
            IsFenced = book?.IsFenced ?? standbys.Any(standby => standby.Fenced >= generation && generation > 0),
            IsAcknowledged = book?.IsAcknowledged ?? false,
            Fences = book is { Fences.Count: > 0 }
                ? [.. book.Fences.Select(fence => new ClusterStatusReport.FenceStatus(
                    ClusterNotice.FenceText(fence.Id), fence.Generation, fence.By, fence.At, ClusterNotice.Why(fence.Evidence)))]
                : book is { FenceId: not 0 }
                    ? [new ClusterStatusReport.FenceStatus(ClusterNotice.FenceText(book.FenceId), book.Fenced, null, null, null)]
                    : [],
            Standbys = [.. standbys.Select(standby => new ClusterStatusReport.StandbyStatus(
                standby.Name, standby.Generation, standby.Orders, standby.Watermark, standby.Lag, standby.Silent.TotalMilliseconds,
                standby.CanFire, standby.IsDryRun, standby.IsLoaded, standby.InvalidSignatures))],
            WouldFire = [.. standbys.Where(standby => standby.CanFire && standby.Generation == generation).Select(standby => standby.Name)],
            Servers = [.. cluster.Link.Servers.Select(server => new ClusterStatusReport.ServerStatus(
                server.Address, server.IsConnected, server.IsConnected ? null : server.Problem))],
        };
    }

    private static void Write(ClusterStatusReport report)
    {
        WriteLine("book", report.Generation == 0
            ? $"{report.Book}; no engine has claimed it yet"
            : $"{report.Book}, generation {report.Generation} of {report.Account} at {report.Endpoint}");
        WriteLine("stream", report.Orders is { } orders ? $"{Figures.Count(orders)} orders" : $"cannot be read: {report.StreamProblem}");
        WriteLine("engine", report.EngineSilent is { } silent
            ? $"beat {Figures.Milliseconds(TimeSpan.FromMilliseconds(silent))} ago"
            : "did not beat while this looked");
        foreach (var fence in report.Fences)
        {
            WriteLine("fence", string.Create(
                CultureInfo.InvariantCulture,
                $"{fence.Id} of generation {fence.Generation}"
                    + $"{(fence.By is null ? "" : $" by {fence.By} at {fence.At:yyyy-MM-dd HH:mm:ss} UTC: {fence.Why}")}; "
                    + $"{State(report)}"));
        }

        foreach (var standby in report.Standbys)
        {
            WriteLine("standby", string.Create(
                CultureInfo.InvariantCulture,
                $"{standby.Name} {State(standby)}; generation {standby.Generation}, {standby.Orders} orders, "
                    + $"watermark {standby.Watermark}, lag {standby.Lag}{Heard(standby)}"
                    + $"{(standby.InvalidSignatures == 0 ? "" : $"; {standby.InvalidSignatures} orders with INVALID SIGNATURES")}"));
        }

        WriteLine("would fire", report.WouldFire.Count == 0 ? "NOBODY" : string.Join(", ", report.WouldFire));
        foreach (var server in report.Servers)
        {
            WriteLine("server",
                $"{server.Address} {(server.IsConnected ? "is connected" : $"is not connected: {server.Problem ?? "no answer yet"}")}");
        }
    }

    private static string State(ClusterStatusReport report) =>
        !report.IsFenced ? "history" : report.IsAcknowledged ? "acknowledged: an engine may begin" : "not acknowledged: dmex resume";

    private static string State(ClusterStatusReport.StandbyStatus standby) => standby switch
    {
        { IsDryRun: true } => "is a dry run",
        { CanFire: true } => "can fire",
        { IsLoaded: true } => "CANNOT FIRE: no venue",
        _ => "CANNOT FIRE: has not read the stream",
    };

    private static string Heard(ClusterStatusReport.StandbyStatus standby) => standby.Generation == 0
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $", heard the engine {standby.EngineSilent:0} ms ago");

    private static void WriteLine(string name, string text) => Console.WriteLine($"{name,-10} {text}");
}
