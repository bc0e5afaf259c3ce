using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>How much a client holds, sends and accepts. Read once, when the client connects.</summary>
public sealed class LimitsOptions
{
    /// <summary>How many orders may be unresolved at once.</summary>
    public int InFlightCapacity { get; set; } = 16_384;

    /// <summary>
    /// Bytes of each of the two send buffers: the longest batch of frames in one write, and the largest message that can be sent, less 14.
    /// </summary>
    public int SendBufferSize { get; set; } = 32 * 1024;

    /// <summary>
    /// How many callers may wait for room in the send buffers (cancels are bounded by <see cref="InFlightCapacity"/> instead).
    /// </summary>
    public int MaxWaitingSends { get; set; } = 1024;

    /// <summary>The largest frame that is accepted from the venue, in bytes of payload.</summary>
    public int MaxFrameSize { get; set; } = 1 << 20;

    /// <summary>The largest message that is accepted from the venue, in bytes over all its frames.</summary>
    public int MaxMessageSize { get; set; } = 4 << 20;

    /// <summary>How many messages may wait for a slow handler; the oldest are dropped and counted.</summary>
    public int EventQueueCapacity { get; set; } = 4096;

    /// <summary>How many bytes of messages may wait for a slow handler; the oldest are dropped and counted.</summary>
    public long EventQueueBytes { get; set; } = 32 << 20;

    /// <summary>
    /// After this many cancels written and as many messages received since without a single match, at least a second
    /// after the first cancel, <see cref="DmexClient.RepliesUnrecognized"/> is raised.
    /// </summary>
    public int UnrecognizedThreshold { get; set; } = 16;

    internal void Check(OptionErrors errors, string group)
    {
        errors.Between(InFlightCapacity, 1, 1 << 24, $"{group}.{nameof(InFlightCapacity)}");
        errors.Between(SendBufferSize, 1024, 1 << 26, $"{group}.{nameof(SendBufferSize)}");
        errors.Between(MaxWaitingSends, 0, int.MaxValue, $"{group}.{nameof(MaxWaitingSends)}");
        errors.Between(MaxFrameSize, 1024, int.MaxValue, $"{group}.{nameof(MaxFrameSize)}");
        errors.Between(MaxMessageSize, MaxFrameSize, int.MaxValue, $"{group}.{nameof(MaxMessageSize)}");
        errors.Between(EventQueueCapacity, 1, int.MaxValue, $"{group}.{nameof(EventQueueCapacity)}");
        errors.Between(EventQueueBytes, 1, long.MaxValue, $"{group}.{nameof(EventQueueBytes)}");
        errors.Between(UnrecognizedThreshold, 1, int.MaxValue, $"{group}.{nameof(UnrecognizedThreshold)}");
    }
}
