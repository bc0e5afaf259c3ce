namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// Hash codes of values that a stranger may choose: of all bytes, and from a seed of the process, so that nobody can prepare
/// values that share one.
/// </summary>
internal static class RandomizedHash
{
    /// <summary>The hash code of some bytes.</summary>
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
