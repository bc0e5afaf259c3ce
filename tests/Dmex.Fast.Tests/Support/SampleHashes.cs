using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.Support;

/// <summary>Order hashes for tests that do not care which.</summary>
internal static class SampleHashes
{
    /// <summary>32 bytes of 0x11.</summary>
    public static OrderHash One { get; } = new(Enumerable.Repeat((byte)0x11, OrderHash.Size).ToArray());

    /// <summary>The same one many times.</summary>
    public static OrderHash[] Same(int count) => [.. Enumerable.Repeat(One, count)];
}
