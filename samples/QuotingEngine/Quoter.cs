using System.Runtime.InteropServices;
using Dmex.Fast;
using Dmex.Fast.Signing;
using Microsoft.Extensions.Options;

namespace QuotingEngine;

/// <summary>
/// Keeps one order at each level and replaces it from time to time. Each cancel is armed before its order is made, so that a panic,
/// by SIGHUP or at shutdown, needs no signature. After a panic it rests, and quotes again once every order is closed.
/// </summary>
internal sealed partial class Quoter(IDmexClient client, OrderMaker orders, IOptions<QuotingOptions> options, ILogger<Quoter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private readonly OrderHash?[] _quotes = new OrderHash?[options.Value.Levels];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true; // the engine goes on
            _ = Task.Run(PanicAsync, CancellationToken.None);
        });
        using PeriodicTimer timer = new(options.Value.Interval);
        try
        {
            for (var level = 0; await timer.WaitForNextTickAsync(stoppingToken); level = (level + 1) % _quotes.Length)
            {
                if (!client.Book!.IsLatched && client.State == ConnectionState.Ready)
                {
                    await ReplaceAsync(level, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops: what is armed is canceled by PanicOnShutdown.
        }
    }

    private async Task ReplaceAsync(int level, CancellationToken stoppingToken)
    {
        var next = OrderMaker.NewHash();
        _ = client.Book!.Arm(next, tag: (ulong)level + 1);
        try
        {
            await orders.MakeAsync(next, level, stoppingToken);
            _ = client.Book.MarkLive(next);
            Quoted(level);
        }
        catch (HttpRequestException error)
        {
            // The order may be there all the same: it stays armed, and is canceled in the next round like any other.
            NotQuoted(level, error.Message);
        }

        var previous = _quotes[level];
        _quotes[level] = next;
        if (previous is { } old)
        {
            // What is not closed stays armed, and its cancel is sent again: by the client, or by the next panic.
            var outcome = await client.CancelAsync(old, stoppingToken);
            Canceled(level, outcome.Kind, outcome.IsClosed);
        }
    }

    private async Task PanicAsync()
    {
        var report = await client.PanicAsync(BookScope.All);
        Array.Clear(_quotes);
        Panicked(report.Orders, report.Confirmed, report.AlreadyGone, report.LastByte?.TotalMicroseconds ?? 0);
        if (report.Confirmed + report.AlreadyGone == report.Orders)
        {
            await Task.Delay(Rest);
            client.Book!.Reset();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "level {Level}: quoted")]
    private partial void Quoted(int level);

    [LoggerMessage(2, LogLevel.Warning, "level {Level}: the order may not be there: {Reason}")]
    private partial void NotQuoted(int level, string reason);

    [LoggerMessage(3, LogLevel.Information, "level {Level}: the previous order's cancel is {Outcome}; closed: {IsClosed}")]
    private partial void Canceled(int level, CancelOutcomeKind outcome, bool isClosed);

    [LoggerMessage(4, LogLevel.Warning, "panic: {Orders} orders, {Confirmed} canceled, {Gone} were gone; all sent after {Micros:0} µs")]
    private partial void Panicked(int orders, int confirmed, int gone, double micros);
}
