using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>The key and the hashes that every benchmark works on: the same in each run, so that runs compare.</summary>
internal static class Sample
{
    private const int Seed = 20_260;

    /// <summary>How many hashes there are; benchmarks walk through them, so that no branch predictor learns one by heart.</summary>
    public const int Count = 256;

    public static byte[] KeyBytes { get; } = MakeKey();

    public static OrderHash[] Hashes { get; } = MakeHashes();

    private static byte[] MakeKey()
    {
        var key = new byte[SigningKey.Size];
        new Random(Seed).NextBytes(key);
        key[0] &= 0x7F;
        return key;
    }

    private static OrderHash[] MakeHashes()
    {
        var random = new Random(Seed + 1);
        var bytes = new byte[OrderHash.Size];
        var hashes = new OrderHash[Count];
        for (var i = 0; i < Count; i++)
        {
            random.NextBytes(bytes);
            hashes[i] = new OrderHash(bytes);
        }

        return hashes;
    }
}
