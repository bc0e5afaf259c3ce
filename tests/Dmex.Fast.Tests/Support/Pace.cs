namespace Dmex.Fast.Tests.Support;

/// <summary>How bytes travel between client and server in a test.</summary>
public enum Pace
{
    /// <summary>As they come.</summary>
    Normal,

    /// <summary>One byte at a time, in both directions.</summary>
    OneByte,

    /// <summary>A few bytes at a time with a pause, in both directions.</summary>
    Slow,
}
