using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Commands;

/// <summary>
/// A panic over a book's cluster: an order to every standby that can fire; what no standby reports closed, this process loads from the
/// stream and fires itself.
/// </summary>
internal sealed class ClusterPanic : IAsyncDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan OrderAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(2);

    private readonly ClusterAccess _cluster;
    private readonly StandbyOperator _person;
    private readonly BookScope _scope;
    private readonly bool _json;

    private ClusterPanic(ClusterAccess cluster, BookScope scope, bool json)
    {
        _cluster = cluster;
        _scope = scope;
        _json = json;
        _person = new StandbyOperator("operator", cluster.Options.Book, cluster.Key, cluster.Link);
    }

    /// <summary>Begins to listen to a cluster and connects to it.</summary>
    /// <param name="file">The role's file.</param>
    /// <param name="scope">Which orders.</param>
    /// <param name="json">Whether it tells in JSON, an object a line.</param>
    public static ClusterPanic Open(string file, BookScope scope, bool json) =>
        new(ClusterAccess.Open(file, NatsStandbyRole.Operator), scope, json);

    /// <summary>Runs the panic.</summary>
    /// <param name="connect">The client's options for the stream's venue.</param>
    /// <param name="panic">How this process fires.</param>
    /// <param name="isDryRun">Prints the orders, and sends nothing.</param>
    /// <param name="cancellationToken">Ends it with what is known.</param>
    public async Task<ExitCode> RunAsync(
        Func<StandbyOwner, DmexClientOptions> connect, PanicOptions panic, bool isDryRun, CancellationToken cancellationToken)
    {
        var reading = ClusterStatus.ReadAsync(_person, _cluster, cancellationToken);
        if (isDryRun)
        {
            return await WriteOrdersAsync(reading);
        }

        var isAnswered = await OrderAsync(reading, cancellationToken);
        var (book, problem) = await reading;
        if (isAnswered)
        {
            var answers = $"{_person.Answers} {(_person.Answers == 1 ? "standby fires" : "standbys fire")}";
            Say(new ClusterNotice("ordered", $"{answers}."), $"ordered           {answers}");
        }

        if (book is null)
        {
            throw isAnswered
                ? new CommandException(
                    ExitCode.StillOpen,
                    $"A standby fires, but the stream cannot be read, so that nobody here knows of which orders: {problem}.",
                    "Look at the standby's own report, and at the venue's open orders.")
                : ClusterStatus.Unreachable(_cluster, $"{problem}. No standby answered, and nothing was sent");
        }

        var covered = book.Orders.Count(order => _scope.Contains(order.Tag));
        if (isAnswered)
        {
            await WaitClosedAsync(book, panic.Timeout, cancellationToken);
            var open = Remaining(book);
            Say(
                new ClusterNotice("reported", $"{covered - open} of {covered} orders are closed.") { Orders = covered, Open = open },
                $"orders            {Figures.Count(covered)}\nreported closed   {Figures.Count(covered - open)}");
            return open == 0 ? ExitCode.Done : await FireAsync(book, connect, panic, isFenced: true, cancellationToken);
        }

        await Console.Error.WriteLineAsync("No standby answered: this process fires.");
        return covered == 0 && book.Generation == 0
            ? throw new CommandException(
                ExitCode.BadInput,
                $"No engine has claimed book {_cluster.Options.Book}: there is nothing to cancel.",
                "Name another book's file with --cluster.")
            : await FireAsync(book, connect, panic, isFenced: false, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _person.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    /// <summary>Orders a fire as soon as the generation is known, live or by the stream, until a standby answers.</summary>
    private async Task<bool> OrderAsync(Task<(StandbyBook? Book, string? Problem)> reading, CancellationToken cancellationToken)
    {
        long? since = null;
        var orderedAt = 0L;
        while (since is null || Stopwatch.GetElapsedTime(since.Value) < AnswerLimit)
        {
            if (_person.Answers > 0)
            {
                return true;
            }

            var generation = Math.Max(_person.Generation, reading.IsCompletedSuccessfully ? (await reading).Book?.Generation ?? 0 : 0);
            if (generation == 0 && reading.IsCompleted)
            {
                return false;
            }

            if (generation != 0 && (since is null || Stopwatch.GetElapsedTime(orderedAt) >= OrderAgain)
                && _person.Order(generation, _scope) > 0)
            {
                Interruption.HasSent = true;
                orderedAt = Stopwatch.GetTimestamp();
                since ??= orderedAt;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }

        return _person.Answers > 0;
    }

    /// <summary>Waits for the standbys' reports: to the end, until no more come, or until the time is up.</summary>
    private async Task WaitClosedAsync(StandbyBook book, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (start, progressAt, before) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), int.MaxValue);
        while (Remaining(book) is > 0 and var open)
        {
            progressAt = open < before ? Stopwatch.GetTimestamp() : progressAt;
            before = open;
            if (Stopwatch.GetElapsedTime(start) >= limit || Stopwatch.GetElapsedTime(progressAt) >= StallLimit)
            {
                return;
            }

            await Task.Delay(Turn, cancellationToken);
        }
    }

    private int Remaining(StandbyBook book) => book.Orders.Count(order => _scope.Contains(order.Tag) && !_person.IsClosed(order.Hash));

    private async Task<ExitCode> FireAsync(
        StandbyBook book,
        Func<StandbyOwner, DmexClientOptions> connect,
        PanicOptions panic,
        bool isFenced,
        CancellationToken cancellationToken)
    {
        var owner = book.Owner ?? throw new CommandException(
            ExitCode.StillOpen,
            "The stream does not say whose orders these are and where, so that this process cannot fire them.",
            "Fire the engine's book on its host with 'dmex panic --book FILE'.");
        var client = connect(owner);
        await using var firer = new VenueFirer(client, panic);
        var reported = new TaskCompletionSource<VenueFirerReportEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        firer.Reported += (_, report) =>
        {
            if (report.Open > 0 || report.HasAskedList || client.OpenOrders is null)
            {
                _ = reported.TrySetResult(report);
            }
        };
        try
        {
            await firer.ConnectAsync(owner, cancellationToken);
        }
        catch (Exception error) when (VenueClient.Describe(error) is not null)
        {
            throw VenueClient.Describe(error)!;
        }

        Interruption.HasSent = true;
        var fired = _person.Fire(firer, book, _scope);
        if (!isFenced)
        {
            await FenceAsync(book.Generation);
        }

        if (fired == 0)
        {
            Say(new ClusterNotice("reported", "No order is in the scope.") { Orders = 0, Open = 0 }, "orders            0");
            return ExitCode.Done;
        }

        var report = await reported.Task.WaitAsync(cancellationToken);
        if (_json)
        {
            Console.WriteLine(ClusterJson.Write(ClusterNotice.OfReport(report)));
        }
        else
        {
            _ = PanicLines.Write(report.Panic);
        }

        if (report.HasAskedList)
        {
            await Console.Error.WriteLineAsync(ClusterNotice.OfReport(report).Message);
        }

        var panicked = report.Panic;
        return ExitCodes.Of(
            panicked.Rejected, panicked.Unresolved + panicked.NotFound > 0 || report.Open > 0 || report.StillListed?.Count > 0);
    }

    /// <summary>Says whether the fence is in the stream; the cancels are on their way already.</summary>
    private async Task FenceAsync(uint generation)
    {
        var fence = ClusterNotice.FenceText(_person.Fence(generation));
        using var soon = new CancellationTokenSource(StallLimit);
        try
        {
            await _person.WaitFencedAsync(soon.Token);
            Say(
                new ClusterNotice("fenced", $"Generation {generation} is fenced.") { Generation = generation, Fence = fence },
                $"fence             {fence} of generation {generation}");
        }
        catch (OperationCanceledException)
        {
            ErrorText.Write(
                "The fence could not be written: an engine that runs goes on, and one that starts does not learn of this panic.",
                "Stop the engine, and run the command again when two of three servers can be reached.");
        }
    }

    private async Task<ExitCode> WriteOrdersAsync(Task<(StandbyBook? Book, string? Problem)> reading)
    {
        var (book, problem) = await reading;
        if (book is null)
        {
            throw ClusterStatus.Unreachable(_cluster, problem!);
        }

        var orders = book.Orders.Where(order => _scope.Contains(order.Tag)).ToArray();
        foreach (var order in orders)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{order.Hash} tag 0x{order.Tag:x16} priority {order.Priority}");
            Say(new ClusterNotice("wouldCancel", line), line);
        }

        await Console.Error.WriteLineAsync(
            $"{Figures.Count(orders.Length)} orders{Whose(book)} would be canceled. Nothing was sent.");
        return ExitCode.Done;
    }

    private static string Whose(StandbyBook book) => book.Owner is { } owner ? $" of {owner.Account} at {owner.Endpoint}" : string.Empty;

    private void Say(ClusterNotice notice, string text) => Console.WriteLine(_json ? ClusterJson.Write(notice) : text);
}
