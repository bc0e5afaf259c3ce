namespace Dmex.Fast.Bench.Kernels;

/// <summary>Refuses to time what gives a wrong result.</summary>
internal static class Check
{
    public static void Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new InvalidOperationException(
                $"{what}: {Convert.ToHexStringLower(actual)} instead of {Convert.ToHexStringLower(expected)}. Nothing was timed.");
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{what} does not hold. Nothing was timed.");
        }
    }
}
