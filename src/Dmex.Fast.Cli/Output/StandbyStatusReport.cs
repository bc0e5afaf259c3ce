using System.Globalization;
using Dmex.Fast.Standby.Local;

namespace Dmex.Fast.Cli.Output;

/// <summary>A <see cref="LocalStandbyStatus"/> as JSON has it; durations in milliseconds.</summary>
internal sealed record StandbyStatusReport(
    int EngineProcess,
    DateTimeOffset StartedAt,
    bool IsRunning,
    bool IsClosed,
    string Account,
    string Book,
    int Orders,
    double Ttl,
    long Pulses,
    double? Silence,
    int? StandbyProcess,
    double? StandbySilence,
    bool IsWatched,
    string? Fence,
    bool HasFoundFence)
{
    /// <summary>Takes it over.</summary>
    public static StandbyStatusReport Of(LocalStandbyStatus status) => new(
        status.ProcessId,
        status.StartedAt,
        status.IsRunning,
        status.IsClosed,
        status.Account.ToString(),
        status.BookPath,
        status.Orders,
        status.Ttl.TotalMilliseconds,
        status.Pulses,
        status.Silence?.TotalMilliseconds,
        status.StandbyProcessId,
        status.StandbySilence?.TotalMilliseconds,
        status.IsWatched,
        status.Fence is { } fence ? string.Create(CultureInfo.InvariantCulture, $"0x{fence.Id:x16}") : null,
        status.HasFoundFence);
}
