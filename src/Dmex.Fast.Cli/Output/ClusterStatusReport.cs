namespace Dmex.Fast.Cli.Output;

/// <summary>The status of a book's cluster; durations in milliseconds, lag in changes of the book.</summary>
internal sealed record ClusterStatusReport
{
    public required string Book { get; init; }

    public required string? Account { get; init; }

    public required string? Endpoint { get; init; }

    public required uint Generation { get; init; }

    /// <summary>How many orders the stream holds; null: it could not be read.</summary>
    public required int? Orders { get; init; }

    public required string? StreamProblem { get; init; }

    /// <summary>How long ago the engine beat; null: not while this looked.</summary>
    public required double? EngineSilent { get; init; }

    public required bool IsFenced { get; init; }

    public required bool IsAcknowledged { get; init; }

    public required IReadOnlyList<FenceStatus> Fences { get; init; }

    public required IReadOnlyList<StandbyStatus> Standbys { get; init; }

    public required IReadOnlyList<string> WouldFire { get; init; }

    public required IReadOnlyList<ServerStatus> Servers { get; init; }

    internal sealed record FenceStatus(string Id, uint Generation, string? By, DateTimeOffset? At, string? Why);

    internal sealed record StandbyStatus(
        string Name, uint Generation, int Orders, ulong Watermark, ulong Lag, double EngineSilent, bool CanFire, bool IsDryRun,
        bool IsLoaded,
        int InvalidSignatures);

    internal sealed record ServerStatus(string Address, bool IsConnected, string? Problem);
}
