namespace Dmex.Fast.WebSockets;

/// <summary>The result of <see cref="FrameHeader.TryParse"/>.</summary>
internal enum FrameHeaderStatus
{
    /// <summary>The header is complete.</summary>
    Complete,

    /// <summary>More bytes are needed.</summary>
    NeedMore,

    /// <summary>The length would have fitted a shorter form (RFC 6455 §5.2: the minimal number of bytes must be used).</summary>
    LengthNotMinimal,

    /// <summary>The most significant bit of a 64-bit length is set (§5.2: it must be 0).</summary>
    LengthTopBitSet,
}
