namespace Dmex.Fast.Standby;

/// <summary>The latest generation is fenced: its orders were canceled, and nobody may arm before an operator has looked.</summary>
public sealed class StandbyFencedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="generation">The fenced generation.</param>
    /// <param name="fenceId">Of its first fence.</param>
    /// <param name="fence">It; null when only its number is known.</param>
    public StandbyFencedException(uint generation, ulong fenceId, GenerationFence? fence)
        : base(
            $"Generation {generation} is fenced"
            + (fence is null ? ". " : $" by {fence.By} at {fence.At:u} ({fence.Evidence.Reason}). ")
            + $"Compare the venue's open orders with what you expect, and resume with fence {fenceId:x16}.")
    {
        Generation = generation;
        FenceId = fenceId;
        Fence = fence;
    }

    /// <summary>The fenced generation.</summary>
    public uint Generation { get; }

    /// <summary>The id of its first fence, which a resume names.</summary>
    public ulong FenceId { get; }

    /// <summary>The fence; null when only its number is known.</summary>
    public GenerationFence? Fence { get; }
}
