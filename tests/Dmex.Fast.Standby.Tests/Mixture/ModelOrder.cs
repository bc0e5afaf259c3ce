using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>An order at the venue.</summary>
internal sealed class ModelOrder(OrderHash hash, uint generation, TimeSpan createdAt)
{
    public OrderHash Hash { get; } = hash;

    /// <summary>Under which it is armed; a resumed engine arms it again under a new one.</summary>
    public uint Generation { get; set; } = generation;

    public TimeSpan CreatedAt { get; } = createdAt;

    /// <summary>A standby that can fire was known to hold it.</summary>
    public bool IsAcknowledged { get; set; }

    public TimeSpan? ClosedAt { get; set; }
}
