using System.Numerics;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// The integers from Low to High: all that a variable of a kernel may hold. An operation on intervals contains every result
/// of the operation on their members. On single values (points) all operations here are exact, so that a model of a kernel
/// can be run on numbers too and be compared with the kernel itself.
/// </summary>
internal readonly record struct Interval(BigInteger Low, BigInteger High)
{
    public bool IsPoint => Low == High;

    /// <summary>The largest absolute value.</summary>
    public BigInteger Size => BigInteger.Max(BigInteger.Abs(Low), BigInteger.Abs(High));

    public static Interval Point(BigInteger value) => new(value, value);

    public static Interval UpTo(BigInteger high) => new(0, high);

    /// <summary>From -bound to bound.</summary>
    public static Interval Within(BigInteger bound) => new(-bound, bound);

    public static implicit operator Interval(BigInteger value) => Point(value);

    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High);

    public static Interval operator -(Interval a, Interval b) => new(a.Low - b.High, a.High - b.Low);

    public static Interval operator *(Interval a, Interval b)
    {
        BigInteger[] ends = [a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High];
        return new(ends.Min(), ends.Max());
    }

    public static Interval operator <<(Interval a, int bits) => new(a.Low << bits, a.High << bits);

    /// <summary>Divided by 2^bits, rounded down.</summary>
    public static Interval operator >>(Interval a, int bits) => new(a.Low >> bits, a.High >> bits);

    /// <summary>The value modulo 2^bits.</summary>
    public Interval LowBits(int bits)
    {
        var block = Low >> bits;
        return block == High >> bits ? this - Point(block << bits) : UpTo(Power(bits) - 1);
    }

    /// <summary>Everything in either.</summary>
    public Interval Or(Interval other) => new(BigInteger.Min(Low, other.Low), BigInteger.Max(High, other.High));

    public bool IsIn(BigInteger low, BigInteger high) => Low >= low && High <= high;

    /// <summary>This, which is claimed to lie between the bounds.</summary>
    public Interval Claim(BigInteger low, BigInteger high, string what)
    {
        Assert.True(IsIn(low, high), $"{what}: {this} is not within {low} and {high}");
        return this;
    }

    /// <summary>This, which is claimed to fit a signed integer of so many bits.</summary>
    public Interval ClaimSigned(int bits, string what) => Claim(-Power(bits - 1), Power(bits - 1) - 1, what);

    public static BigInteger Power(int exponent) => BigInteger.One << exponent;

    public override string ToString() => $"[{Describe(Low)}, {Describe(High)}]";

    /// <summary>The number with its size as a power of two.</summary>
    private static string Describe(BigInteger value) =>
        value.IsZero ? "0" : $"{value} (2^{BigInteger.Log(BigInteger.Abs(value), 2):F6})";
}
