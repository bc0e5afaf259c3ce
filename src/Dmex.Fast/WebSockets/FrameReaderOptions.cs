namespace Dmex.Fast.WebSockets;

/// <summary>The sizes that a <see cref="FrameReader"/> accepts; beyond them it fails with 1009 as soon as it has read the header.</summary>
internal sealed record FrameReaderOptions
{
    /// <summary>1 MiB.</summary>
    public const int DefaultMaxBytes = 1 << 20;

    /// <summary>The maximum payload of one frame, in bytes.</summary>
    public int MaxFrameBytes { get; init; } = DefaultMaxBytes;

    /// <summary>The maximum message, all of its fragments together, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = DefaultMaxBytes;
}
