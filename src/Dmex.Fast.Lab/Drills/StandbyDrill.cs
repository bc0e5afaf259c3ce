using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Drills;

/// <summary>
/// A standby's drill on one machine: the venue is simulated, everything else is real, each in a process of its own. In each round an engine
/// arms orders and pulses, a standby watches it, and something befalls the engine.
/// </summary>
internal static class StandbyDrill
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    /// <summary>Runs the rounds.</summary>
    /// <param name="faults">What befalls the engine, a round each.</param>
    /// <param name="orders">How many orders are armed in each round.</param>
    /// <param name="ttl">How much silence the standby allows.</param>
    /// <param name="progress">Told about each stage.</param>
    /// <param name="cancellationToken">Ends the drill.</param>
    /// <exception cref="LabException">Something other than the standby failed.</exception>
    public static async Task<DrillReport> RunAsync(
        IReadOnlyList<DrillFault> faults, int orders, TimeSpan ttl, ILabProgress progress, CancellationToken cancellationToken)
    {
        await using var venue = await MeasuringRig.StartVenueAsync(progress, cancellationToken);
        var rounds = new List<DrillRound>();
        foreach (var fault in faults)
        {
            progress.Stage($"Round {rounds.Count + 1} of {faults.Count}: the engine is {fault.ToString().ToLowerInvariant()}");
            rounds.Add(await RunAsync(venue, fault, OrderBatch.Random(orders), ttl, cancellationToken));
        }

        return new DrillReport(HostReport.Read(), rounds);
    }

    private static async Task<DrillRound> RunAsync(
        IMeasuredVenue venue, DrillFault fault, OrderHash[] orders, TimeSpan ttl, CancellationToken cancellationToken)
    {
        using var folder = DrillFolder.Create(orders, venue.Certificate.ExportCertificatePem());
        var seconds = ttl.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        using var engine = DrillProcess.Start(
            "engine", "standby", "engine", "--folder", folder.Path, "--url", venue.Url.ToString(), "--ttl", seconds);
        var account = await engine.ReadAsync(StartsWith("account "), "account", cancellationToken);
        await venue.OpenAsync(EthereumAddress.Parse(account["account ".Length..]), orders, cancellationToken);
        _ = await engine.ReadAsync(StartsWith("armed "), "armed", cancellationToken);
        using var standby = DrillProcess.Start(
            "standby", "standby", "--book", folder.Book, "--url", venue.Url.ToString(), "--ca", folder.Certificate, "--json");
        _ = await standby.ReadAsync(IsNotice("watching"), "watching", cancellationToken);
        await Task.Delay(Calm, cancellationToken);

        var begun = await StrikeAsync(engine, fault, cancellationToken);
        var report = Report.Parse(await standby.ReadAsync(IsNotice("reported"), "reported", cancellationToken));
        bool? resumed = fault == DrillFault.Killed ? null : await ResumeAsync(engine, standby, fault, cancellationToken);
        _ = await standby.EndAsync(cancellationToken);
        var audit = await venue.AuditAsync(orders, cancellationToken);
        var triggered = Milliseconds(report.TriggeredAt - begun);
        return new DrillRound(
            fault,
            orders.Length,
            ttl.TotalMilliseconds,
            triggered,
            report.FirstByte,
            report.LastByte,
            report.LastConfirmation,
            triggered + report.LastConfirmation,
            audit.CanceledByOwner,
            orders.Length - audit.CanceledByOwner,
            resumed);
    }

    /// <summary>Does it; when it was done, in ticks: of a hung loop, its last pulse.</summary>
    private static async Task<long> StrikeAsync(DrillProcess engine, DrillFault fault, CancellationToken cancellationToken)
    {
        if (fault != DrillFault.Hung)
        {
            return engine.Signal(fault == DrillFault.Killed ? DrillProcess.SignalKill : DrillProcess.SignalStop);
        }

        await engine.TellAsync(DrillEngine.Hang);
        var line = await engine.ReadAsync(StartsWith("hanging "), "hanging", cancellationToken);
        return long.Parse(line["hanging ".Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>The engine runs again: it finds the fence, resumes, is watched again, and is closed.</summary>
    private static async Task<bool> ResumeAsync(
        DrillProcess engine, DrillProcess standby, DrillFault fault, CancellationToken cancellationToken)
    {
        if (fault == DrillFault.Stopped)
        {
            _ = engine.Signal(DrillProcess.SignalContinue);
        }

        await engine.TellAsync(DrillEngine.GoOn);
        _ = await engine.ReadAsync(StartsWith("fenced "), "fenced", cancellationToken);
        await engine.TellAsync(DrillEngine.Resume);
        _ = await engine.ReadAsync(StartsWith("resumed"), "resumed", cancellationToken);
        _ = await standby.ReadAsync(IsNotice("watching"), "watching", cancellationToken);
        await engine.TellAsync(DrillEngine.Close);
        _ = await engine.ReadAsync(StartsWith("closed"), "closed", cancellationToken);
        _ = await standby.ReadAsync(IsNotice("closed"), "closed", cancellationToken);
        return true;
    }

    private static Func<string, bool> StartsWith(string word) => line => line.StartsWith(word, StringComparison.Ordinal);

    private static Func<string, bool> IsNotice(string kind) => line => line.Contains($"\"notice\":\"{kind}\"", StringComparison.Ordinal);

    private static double Milliseconds(long ticks) => Math.Round(ticks * 1000.0 / Stopwatch.Frequency, 3);

    /// <summary>What the standby's report says, in milliseconds from its decision.</summary>
    private sealed record Report(long TriggeredAt, double FirstByte, double LastByte, double LastConfirmation)
    {
        public static Report Parse(string line)
        {
            using var json = JsonDocument.Parse(line);
            var report = json.RootElement.GetProperty("report");
            return new Report(report.GetProperty("triggeredAt").GetInt64(), Time("firstByte"), Time("lastByte"), Time("lastConfirmation"));

            double Time(string name) => report.TryGetProperty(name, out var time) ? time.GetDouble() : double.NaN;
        }
    }
}
