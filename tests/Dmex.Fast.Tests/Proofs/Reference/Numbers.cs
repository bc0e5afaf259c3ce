using System.Numerics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.Proofs.Reference;

/// <summary>256-bit numbers for tests: their bytes, the values where arithmetic breaks, and random ones.</summary>
internal static class Numbers
{
    public static readonly BigInteger Limit = BigInteger.One << 256;

    /// <summary>Values below 2^256 around 0, p, n, their halves, and the limits of words and limbs.</summary>
    public static IReadOnlyList<BigInteger> Edges { get; } = MakeEdges();

    public static byte[] ToBytes(BigInteger value)
    {
        var bytes = new byte[32];
        var written = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        written.CopyTo(bytes.AsSpan(32 - written.Length));
        return bytes;
    }

    public static BigInteger FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    public static string ToHex(BigInteger value) => "0x" + Convert.ToHexStringLower(ToBytes(value));

    /// <summary>Evenly distributed in [0, bound), but for a bias below 2^-64.</summary>
    public static BigInteger Below(Random random, BigInteger bound)
    {
        var bytes = new byte[40];
        random.NextBytes(bytes);
        return FromBytes(bytes) % bound;
    }

    /// <summary>256 bits, half the time in long runs of ones and zeros, which reach carries that even bits hardly do.</summary>
    public static BigInteger Bits256(Random random)
    {
        if (random.Next(2) == 0)
        {
            return Below(random, Limit);
        }

        var value = BigInteger.Zero;
        for (var bit = 0; bit < 256;)
        {
            var run = Math.Min(random.Next(1, 64), 256 - bit);
            value = (value << run) | (random.Next(2) == 0 ? BigInteger.Zero : (BigInteger.One << run) - 1);
            bit += run;
        }

        return value;
    }

    /// <summary>A private key or nonce: in [1, n - 1].</summary>
    public static BigInteger Key(Random random) => 1 + (Bits256(random) % (ReferenceCurve.N - 1));

    /// <summary>An order hash, often at an edge; never the default value, which is refused.</summary>
    public static OrderHash Hash(Random random) => new(ToBytes(BigInteger.Max(BigInteger.One, Bits256(random))));

    private static List<BigInteger> MakeEdges()
    {
        var edges = new SortedSet<BigInteger>();
        BigInteger[] centers =
        [
            BigInteger.Zero, ReferenceCurve.P, ReferenceCurve.N, ReferenceCurve.P - ReferenceCurve.N, ReferenceCurve.N / 2,
            ReferenceCurve.P / 2, Limit - ReferenceCurve.P, Limit - ReferenceCurve.N, Limit,
        ];
        foreach (var center in centers)
        {
            for (var distance = -2; distance <= 2; distance++)
            {
                edges.Add(center + distance);
            }
        }

        foreach (var power in new[] { 52, 62, 64, 104, 124, 128, 156, 186, 192, 208, 248, 252, 254, 255 })
        {
            edges.Add((BigInteger.One << power) - 1);
            edges.Add(BigInteger.One << power);
            edges.Add((BigInteger.One << power) + 1);
        }

        edges.RemoveWhere(edge => edge.Sign < 0 || edge >= Limit);
        return [.. edges];
    }
}
