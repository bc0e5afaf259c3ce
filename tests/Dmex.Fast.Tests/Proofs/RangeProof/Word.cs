using System.Numerics;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// What an unsigned 64-bit variable may hold, where the code means integers: every operation claims that nothing is lost
/// above bit 63 or below 0. The one operation that wraps on purpose has a name of its own.
/// </summary>
internal readonly record struct Word
{
    private static readonly BigInteger Last = ulong.MaxValue;

    public Word(Interval range) => Range = range.Claim(0, Last, "64-bit word");

    public Interval Range { get; }

    public static implicit operator Word(ulong value) => new(Interval.Point(value));

    public static Word UpTo(BigInteger high) => new(Interval.UpTo(high));

    public static Word operator +(Word a, Word b) => new(a.Range + b.Range);

    public static Word operator -(Word a, Word b) => new(a.Range - b.Range);

    public static Word operator *(Word a, Word b) => new(a.Range * b.Range);

    public static Word operator <<(Word a, int bits) => new(a.Range << bits);

    public static Word operator >>(Word a, int bits) => new(a.Range >> bits);

    public Word LowBits(int bits) => new(Range.LowBits(bits));

    /// <summary>The upper word of the 128-bit product.</summary>
    public static Word High(Word a, Word b) => new((a.Range * b.Range) >> 64);

    /// <summary>The lower word of the 128-bit product: here, and only here, the upper bits fall off.</summary>
    public static Word LowProduct(Word a, Word b) => new((a.Range * b.Range).LowBits(64));

    /// <summary>One or the other, by a mask of which nothing is known.</summary>
    public Word Or(Word other) => new(Range.Or(other.Range));
}
