namespace Dmex.Fast;

/// <summary>How a panic uses several connections.</summary>
public enum PanicSharing
{
    /// <summary>Each run of cancels goes out on one connection, in turn over those that are ready.</summary>
    Shard,

    /// <summary>Every cancel goes out on each connection that is ready.</summary>
    Broadcast,
}
