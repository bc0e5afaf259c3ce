namespace Dmex.Fast.Standby;

/// <summary>What the stream of a book held when it was read. An immutable value.</summary>
public sealed record StandbyBook
{
    /// <summary>Whose orders they are; null: no engine has claimed the book yet, or its claim was purged.</summary>
    public required StandbyOwner? Owner { get; init; }

    /// <summary>The latest generation; 0: none.</summary>
    public required uint Generation { get; init; }

    /// <summary>The highest fenced generation; 0: none.</summary>
    public required uint Fenced { get; init; }

    /// <summary>Of the first fence of that generation; 0: none.</summary>
    public required ulong FenceId { get; init; }

    /// <summary>The fences of that generation, the first one first; empty when only its number is known.</summary>
    public required IReadOnlyList<GenerationFence> Fences { get; init; }

    /// <summary>Whether the latest generation is fenced, so that an engine needs a resume.</summary>
    public required bool IsFenced { get; init; }

    /// <summary>Whether an operator has acknowledged that fence, so that an engine may begin.</summary>
    public required bool IsAcknowledged { get; init; }

    /// <summary>The orders, priority 0 first. Anyone who holds them can cancel them.</summary>
    public required IReadOnlyList<StandbyOrder> Orders { get; init; }
}
