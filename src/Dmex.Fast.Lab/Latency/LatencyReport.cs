using Dmex.Fast.Lab.Hosts;




namespace Dmex.Fast.Lab.Latency;

/// <summary>Everything that <c>dmex latency</c> found; what was not asked for is null.</summary>
internal sealed record LatencyReport
{
    /// <summary>The command line that repeats the run.</summary>
    public required string Command { get; init; }

    /// <summary>When it began, in UTC.</summary>
    public required DateTime StartedUtc { get; init; }

    /// <summary>The machine.</summary>
    public required HostReport Host { get; init; }

    /// <summary>The runtime and its settings.</summary>
    public required RuntimeReport Runtime { get; init; }

    /// <summary>Whether the client and the venue were kept to processors of their own.</summary>
    public required bool Pinned { get; init; }

    /// <summary>The sessions under the open loop.</summary>
    public OpenLoopReport? OpenLoop { get; init; }

    /// <summary>Panics.</summary>
    public BurstReport? Burst { get; init; }

    /// <summary>From the start of a process to its first cancel.</summary>
    public FirstCancelReport? FirstCancel { get; init; }
}
