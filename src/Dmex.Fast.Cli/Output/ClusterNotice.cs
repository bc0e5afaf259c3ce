using System.Globalization;
using System.Text.Json;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Firing;

namespace Dmex.Fast.Cli.Output;

/// <summary>Something that a standby of a cluster has to tell, as JSON has it; durations in milliseconds.</summary>
/// <param name="Notice">What, in a word.</param>
/// <param name="Message">The same in a sentence.</param>
internal sealed record ClusterNotice(string Notice, string Message)
{
    public DateTimeOffset At { get; init; } = DateTimeOffset.UtcNow;

    public uint? Generation { get; init; }

    public int? Orders { get; init; }

    public ulong? Lag { get; init; }

    public int? Witnesses { get; init; }

    public double? Silent { get; init; }

    public string? Reason { get; init; }

    public string? Fence { get; init; }

    public int? Open { get; init; }

    public int? Rejected { get; init; }

    public int? StillListed { get; init; }

    public double? FirstByte { get; init; }

    public double? LastConfirmation { get; init; }

    /// <summary>A notice about a state.</summary>
    public static ClusterNotice Of(string notice, string message, in StandbyServiceState state) => new(notice, message)
    {
        Generation = state.Generation,
        Orders = state.Orders,
        Lag = state.EngineHead > state.Watermark ? state.EngineHead - state.Watermark : 0,
        Witnesses = state.Witnesses,
        Silent = Math.Round(state.Silent.TotalMilliseconds, 1),
        Fence = state.FenceId == 0 ? null : FenceText(state.FenceId),
    };

    /// <summary>A fire, or one that would have been.</summary>
    public static ClusterNotice OfFire(FireEvidence evidence, bool isDryRun, int orders) => new(
        isDryRun ? "wouldFire" : "fired",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(isDryRun ? "Dry run: would have canceled" : "FIRED: cancels")} {orders} orders of generation {evidence.Generation}: "
                + $"{Why(evidence)}."))
    {
        Generation = evidence.Generation,
        Orders = orders,
        Witnesses = evidence.Witnesses,
        Silent = Math.Round(evidence.Silent.TotalMilliseconds, 1),
        Reason = JsonNamingPolicy.CamelCase.ConvertName(evidence.Reason.ToString()),
    };

    /// <summary>What became of a fire.</summary>
    public static ClusterNotice OfReport(VenueFirerReportEventArgs report) => new(
        "reported",
        report.ListFailure is { } failure ? $"The venue's list says nothing: {failure}"
        : report.StillListed is { } listed ? string.Create(
            CultureInfo.InvariantCulture, $"By the venue's list, {listed.Count} of {report.Orders} fired orders are still open.")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Orders - report.Open} of {report.Orders} fired orders are closed; {report.Panic.Rejected} rejected, "
                + $"{report.Panic.NotFound} not found, {report.Panic.Unresolved} unresolved."))
    {
        Orders = report.Orders,
        Open = report.Open,
        Rejected = report.Panic.Rejected,
        StillListed = report.StillListed?.Count,
        FirstByte = report.Panic.FirstByte?.TotalMilliseconds,
        LastConfirmation = report.Panic.LastConfirmation?.TotalMilliseconds,
    };

    /// <summary>A fence's id, as commands take it.</summary>
    public static string FenceText(ulong id) => string.Create(CultureInfo.InvariantCulture, $"{id:x16}");

    /// <summary>What a fire was decided on, in words.</summary>
    public static string Why(FireEvidence evidence) => evidence.Reason switch
    {
        FireReason.Silence => string.Create(
            CultureInfo.InvariantCulture,
            $"the engine was silent for {evidence.Silent.TotalSeconds:0.0} s, and {evidence.Witnesses} of {evidence.Servers} servers were "
                + $"witnesses"),
        FireReason.Isolated => string.Create(
            CultureInfo.InvariantCulture,
            $"engine and servers were silent for {evidence.Silent.TotalSeconds:0.0} s, and the venue answered"),
        FireReason.Operator => "an operator ordered it",
        FireReason.OtherFence => "another standby had fenced it, and these were not reported closed",
        _ => "no reason is known",
    };
}
