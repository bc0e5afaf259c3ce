namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>How a case's frames are cut into writes; the bytes are the same.</summary>
public enum Chop
{
    /// <summary>All frames in one write.</summary>
    Together,

    /// <summary>One write a frame.</summary>
    Frames,

    /// <summary>One write an octet.</summary>
    Octets,
}
