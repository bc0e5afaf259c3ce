namespace Dmex.Fast;

/// <summary>A standby has fired this engine's book.</summary>
public sealed class StandbyFiredEventArgs : EventArgs
{
    /// <summary>Describes the fence.</summary>
    public StandbyFiredEventArgs(StandbyFence fence) => Fence = fence;

    /// <summary>What <see cref="DmexClient.ResumeAsync"/> has to name.</summary>
    public StandbyFence Fence { get; }
}
