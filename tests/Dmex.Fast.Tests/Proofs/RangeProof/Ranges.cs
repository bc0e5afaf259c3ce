using System.Numerics;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>Steps on whole values that split an interval by a condition on it.</summary>
internal static class Ranges
{
    /// <summary>Negative values plus the modulus, the others as they are.</summary>
    public static Interval AddIfNegative(Interval value, BigInteger modulus) =>
        Join(
            value.Low.Sign < 0 ? new Interval(value.Low, BigInteger.Min(value.High, -1)) + Interval.Point(modulus) : null,
            value.High.Sign >= 0 ? new Interval(BigInteger.Max(value.Low, 0), value.High) : null);

    /// <summary>Values from the modulus on less the modulus, the others as they are.</summary>
    public static Interval SubtractIfNotBelow(Interval value, BigInteger modulus) =>
        AddIfNegative(value - Interval.Point(modulus), modulus);

    private static Interval Join(Interval? first, Interval? second) =>
        first is { } a ? second is { } b ? a.Or(b) : a : second!.Value;
}
