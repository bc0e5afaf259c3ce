using System.Numerics;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// What a 64-bit lane may hold, where sums are taken modulo 2^64 because constants in them cancel: the sum without the
/// wrapping. Wherever the lane is used as a number, the model claims that it has one, that is, that all values lie in one
/// period of the signed (or unsigned) range.
/// </summary>
internal readonly record struct WrappingLong(Interval Sum)
{
    /// <summary>The lane as a signed number.</summary>
    public Interval Signed => Settle(Interval.Power(63)).ClaimSigned(64, "signed lane");

    /// <summary>The lane as an unsigned number.</summary>
    public Interval Unsigned => Settle(0).Claim(0, ulong.MaxValue, "unsigned lane");

    public static implicit operator WrappingLong(long value) => new(Interval.Point(value));

    public static WrappingLong operator +(WrappingLong a, WrappingLong b) => new(a.Sum + b.Sum);

    public static WrappingLong operator <<(WrappingLong a, int bits) => new(a.Sum << bits);

    /// <summary>The arithmetic shift.</summary>
    public static WrappingLong operator >>(WrappingLong a, int bits) => new(a.Signed >> bits);

    /// <summary>The logical shift.</summary>
    public static WrappingLong operator >>>(WrappingLong a, int bits) => new(a.Unsigned >> bits);

    public WrappingLong LowBits(int bits) => new(Sum.LowBits(bits));

    /// <summary>This, which as a signed number is claimed to be at most the bound in size.</summary>
    public WrappingLong Claim(BigInteger bound, string what)
    {
        _ = Signed.Claim(-bound, bound, what);
        return this;
    }

    /// <summary>The sum less the multiple of 2^64 that brings its lower end to [-offset, 2^64 - offset).</summary>
    private Interval Settle(BigInteger offset) => Sum - Interval.Point(((Sum.Low + offset) >> 64) << 64);
}
