namespace Dmex.Fast.WebSockets;

/// <summary>The sizes that a <see cref="FrameReader"/> accepts; beyond them it fails with 1009 as soon as it has read the header.</summary>
internal sealed record FrameReaderOptions
{
    /// <summary>1 MiB.</summary>
    public const int DefaultMaxBytes = 1 << 20;

    /// <summary>The longest payload of one frame.</summary>
    public int MaxFrameBytes { get; init; } = DefaultMaxBytes;

    /// <summary>The longest message, all of its fragments together.</summary>
    public int MaxMessageBytes { get; init; } = DefaultMaxBytes;
}
