namespace Dmex.Fast.Standby;

/// <summary>A standby as it told of itself: twice a second. An immutable value.</summary>
public sealed record StandbyMember
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The engine's generation that it guards; 0: it knows none.</summary>
    public required uint Generation { get; init; }

    /// <summary>The highest fenced generation that it knows; 0: none.</summary>
    public required uint Fenced { get; init; }

    /// <summary>Of that fence; 0: none.</summary>
    public required ulong FenceId { get; init; }

    /// <summary>It holds every change of the generation up to this one.</summary>
    public required ulong Watermark { get; init; }

    /// <summary>The latest change that it knows of.</summary>
    public required ulong EngineHead { get; init; }

    /// <summary>How many orders it holds; after a fire those that are not known to be closed.</summary>
    public required int Orders { get; init; }

    /// <summary>How many of them have a signature that is not the account's: the venue would refuse their cancels.</summary>
    public required int InvalidSignatures { get; init; }

    /// <summary>How many distinct servers were witnesses at its latest look; it looks while the engine is silent.</summary>
    public required int Witnesses { get; init; }

    /// <summary>How many servers there are.</summary>
    public required int Servers { get; init; }

    /// <summary>How long it had not heard the engine.</summary>
    public required TimeSpan Silent { get; init; }

    /// <summary>Whether a fire of its would go out.</summary>
    public required bool CanFire { get; init; }

    /// <summary>Whether it is a dry run, which sends nothing.</summary>
    public required bool IsDryRun { get; init; }

    /// <summary>Whether it has read the stream, so that it decides.</summary>
    public required bool IsLoaded { get; init; }

    /// <summary>How many changes it lacks.</summary>
    public ulong Lag => EngineHead > Watermark ? EngineHead - Watermark : 0;

    /// <summary>When it was heard, by the hearer's monotonic clock.</summary>
    internal TimeSpan HeardAt { get; init; }
}
