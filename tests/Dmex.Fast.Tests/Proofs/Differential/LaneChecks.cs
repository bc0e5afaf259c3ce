using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.RangeProof;
using Dmex.Fast.Tests.Proofs.Reference;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>What <see cref="LaneTests"/> asks of every lane width; each lane is compared with BigInteger.</summary>
internal static unsafe class LaneChecks<T, TReader>
    where T : unmanaged, ILaneField<T>
    where TReader : ILaneTableReader<T>
{
    private const int Cases = 2_000;
    private const int Digits = 5;
    private const double CarriedLow = (1L << 51) + (1L << 42);
    private const double CarriedTop = (1L << 47) + (1L << 37);
    private const double HalfDigit = 1L << 51;
    private const double Exact = 1L << 53;
    private static readonly BigInteger P = ReferenceCurve.P;

    public static void Products(Random random)
    {
        for (var i = 0; i < Cases; i++)
        {
            T a = Carried(random, i), b = Carried(random, i), c = Carried(random, i), d = Carried(random, i),
            loose = Bounded(random, Exact, Exact);
            T product;
            T.Multiply(&product, &a, &b);
            T productPlus;
            T.MultiplyAdd(&productPlus, &a, &b, &loose);
            T sum;
            T.MultiplySum(&sum, &a, &b, &c, &d);
            for (var lane = 0; lane < T.Lanes; lane++)
            {
                BigInteger x = Value(in a, lane), y = Value(in b, lane);
                Assert.Equal(x * y % P, Value(in product, lane));
                Assert.Equal(((x * y) + Value(in loose, lane)) % P, Value(in productPlus, lane));
                Assert.Equal(((x * y) + (Value(in c, lane) * Value(in d, lane))) % P, Value(in sum, lane));
            }

            Assert.True(IsCarried(in product) && IsCarried(in productPlus) && IsCarried(in sum));
        }
    }

    public static void ProductsInPlace(Random random)
    {
        for (var i = 0; i < 200; i++)
        {
            T a = Carried(random, i), b = Carried(random, i), c = Carried(random, i), d = Carried(random, i);
            T product;
            T.Multiply(&product, &a, &b);
            T productPlus;
            T.MultiplyAdd(&productPlus, &a, &b, &c);
            T sum;
            T.MultiplySum(&sum, &a, &b, &c, &d);
            T r = a, s = b;
            T.Multiply(&r, &r, &b);
            T.Multiply(&s, &a, &s);
            Assert.Equal(product, r);
            Assert.Equal(product, s);
            (r, s) = (a, b);
            T.MultiplyAdd(&r, &r, &b, &c);
            T.MultiplyAdd(&s, &a, &s, &c);
            var t = c;
            T.MultiplyAdd(&t, &a, &b, &t);
            Assert.Equal((productPlus, productPlus, productPlus), (r, s, t));
            (r, s, t) = (a, b, c);
            T.MultiplySum(&r, &r, &b, &c, &d);
            T.MultiplySum(&s, &a, &s, &c, &d);
            T.MultiplySum(&t, &a, &b, &t, &d);
            var u = d;
            T.MultiplySum(&u, &a, &b, &c, &u);
            Assert.Equal((sum, sum, sum, sum), (r, s, t, u));
        }
    }

    public static void Sums(Random random)
    {
        for (var i = 0; i < Cases; i++)
        {
            T a = Bounded(random, Exact / 2, Exact / 2), b = Bounded(random, Exact / 2, Exact / 2);
            T sum;
            T.Add(&sum, &a, &b);
            T difference;
            T.Subtract(&difference, &a, &b);
            T negative;
            T.Negate(&negative, &a);
            T negativeSum;
            T.NegateSum(&negativeSum, &a, &b);
            T multiple;
            T.MultiplySmall(&multiple, &a, 21);
            var inPlace = a;
            T.MultiplySmall(&inPlace, &inPlace, 21);
            for (var lane = 0; lane < T.Lanes; lane++)
            {
                BigInteger x = Value(in a, lane), y = Value(in b, lane);
                Assert.Equal((x + y) % P, Value(in sum, lane));
                Assert.Equal(ReferenceCurve.Mod(x - y, P), Value(in difference, lane));
                Assert.Equal(ReferenceCurve.Mod(-x, P), Value(in negative, lane));
                Assert.Equal(ReferenceCurve.Mod(-x - y, P), Value(in negativeSum, lane));
                Assert.Equal(21 * x % P, Value(in multiple, lane));
            }

            Assert.True(IsCarried(in multiple));
            Assert.Equal(multiple, inPlace);
            var carriedNegative = Carried(random, i);
            T.Negate(&carriedNegative, &carriedNegative);
            Assert.True(IsCarried(in carriedNegative));
        }
    }

    public static void Carries(Random random)
    {
        for (var i = 0; i < Cases; i++)
        {
            // Digits beyond 2^53 are multiples of four, as sums of doubles that are exact.
            var value = i % 2 == 0 ? Bounded(random, Exact, Exact) : Bounded(random, Exact, Exact, scale: 4);
            var carried = value;
            T.Carry(&carried);
            Assert.True(IsCarried(in carried));
            for (var lane = 0; lane < T.Lanes; lane++)
            {
                Assert.Equal(Value(in value, lane), Value(in carried, lane));
            }

            carried.FirstLane(out var first);
            Assert.True(Limbs.IsNormal(in first));
            Assert.Equal(Value(in value, 0), Limbs.Raw(in first));
        }

        // What leaves digit 4 comes back on digit 0 at its largest: half a digit is left there, and half a digit less one.
        double[] halves = [HalfDigit, -HalfDigit, HalfDigit - 1, 1 - HalfDigit, (3 * HalfDigit) - 1];
        foreach (var half in halves)
        {
            foreach (var top in new[] { 4 * Exact, -4 * Exact })
            {
                T value = default;
                DigitsOf(ref value)[0] = half;
                DigitsOf(ref value)[(Digits - 1) * T.Lanes] = top;
                var carried = value;
                T.Carry(&carried);
                Assert.True(IsCarried(in carried));
                DigitsOf(ref value)[(Digits - 1) * T.Lanes] = top / 4;
                T.MultiplySmall(&carried, &value, 21);
                Assert.True(IsCarried(in carried));
            }
        }

        foreach (var edge in Numbers.Edges)
        {
            T value = default;
            for (var digit = 0; digit < Digits; digit++)
            {
                DigitsOf(ref value)[digit * T.Lanes] = (double)((edge >> (52 * digit)) & ((BigInteger.One << 52) - 1));
            }

            T.Carry(&value);
            value.FirstLane(out var first);
            Assert.Equal(edge % P, Limbs.Raw(in first));
        }
    }

    public static void Permutations(Random random)
    {
        var half = T.Lanes / 2;
        T small;
        T.SetSmall(&small, 21);
        var a = Carried(random, 1);
        var b = Carried(random, 1);
        T low;
        T.JoinLow(&low, &a, &b);
        T high;
        T.JoinHigh(&high, &a, &b);
        T halves;
        T.SwapHalves(&halves, &a);
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            Assert.Equal(lane < half ? Value(in a, lane) : Value(in b, lane - half), Value(in low, lane));
            Assert.Equal(lane < half ? Value(in a, lane + half) : Value(in b, lane), Value(in high, lane));
            Assert.Equal(Value(in a, lane ^ half), Value(in halves, lane));
            Assert.Equal(21, Value(in small, lane));
        }

        for (var distance = 1; distance < half; distance *= 2)
        {
            T swapped;
            T.SwapWithin(&swapped, &a, distance);
            for (var lane = 0; lane < T.Lanes; lane++)
            {
                Assert.Equal(Value(in a, lane ^ distance), Value(in swapped, lane));
            }
        }
    }

    public static void GeneratorMultiples(Random random)
    {
        using var scratch = new AlignedScratch();
        var scalars = Numbers.Edges.Where(edge => edge < ReferenceCurve.N)
            .Concat(Enumerable.Range(0, 256).Select(bit => (BigInteger.One << bit) % ReferenceCurve.N))
            .Concat(Enumerable.Range(0, 300).Select(_ => Numbers.Key(random)));
        foreach (var k in scalars)
        {
            SignedDigits.Recode(&scratch.Lanes->Digits, Limbs.Scalar(k));
            LaneMultiply<T, TReader>.Multiply(scratch.Lanes, LaneTable.Generator.Words, &scratch.Lanes->Digits);
            var expected = k.IsZero ? null : Convert.ToHexStringLower(BouncyCastleReference.PublicKey(k));
            Assert.Equal(expected, scratch.Affine() is { } point ? Numbers.ToHex(point.X)[2..] + Numbers.ToHex(point.Y)[2..] : null);
        }
    }

    /// <summary>Random carried digits; every fourth case at the bound.</summary>
    private static T Carried(Random random, int i) =>
        i % 4 == 0 ? Bounded(random, CarriedLow, CarriedTop, atBound: true) : Bounded(random, CarriedLow, CarriedTop);

    private static T Bounded(Random random, double low, double top, double scale = 1, bool atBound = false)
    {
        T value = default;
        var digits = DigitsOf(ref value);
        for (var i = 0; i < digits.Length; i++)
        {
            var bound = i / T.Lanes == Digits - 1 ? top : low;
            var size = atBound || random.Next(8) == 0 ? bound : random.NextInt64((long)bound + 1);
            digits[i] = scale * (random.Next(2) == 0 ? size : -size);
        }

        return value;
    }

    private static Span<double> DigitsOf(ref T value) => MemoryMarshal.Cast<T, double>(MemoryMarshal.CreateSpan(ref value, 1));

    private static BigInteger Value(in T value, int lane)
    {
        var copy = value;
        var digits = DigitsOf(ref copy);
        var sum = BigInteger.Zero;
        for (var digit = 0; digit < Digits; digit++)
        {
            sum += (BigInteger)digits[(digit * T.Lanes) + lane] << (52 * digit);
        }

        return ReferenceCurve.Mod(sum, P);
    }

    private static bool IsCarried(in T value)
    {
        var copy = value;
        var digits = DigitsOf(ref copy);
        for (var i = 0; i < digits.Length; i++)
        {
            if (Math.Abs(digits[i]) > (i / T.Lanes == Digits - 1 ? CarriedTop : CarriedLow) || digits[i] != Math.Floor(digits[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The lanes' memory on a cache line, as in a signer's workspace.</summary>
    private sealed class AlignedScratch : IDisposable
    {
        public LaneScratch<T>* Lanes { get; } = (LaneScratch<T>*)NativeMemory.AlignedAlloc((nuint)sizeof(LaneScratch<T>), 64);

        public void Dispose() => NativeMemory.AlignedFree(Lanes);

        /// <summary>Lane 0 of the point, or null where its Z is 0.</summary>
        public ReferencePoint? Affine()
        {
            Lanes->Point.X.FirstLane(out var x);
            Lanes->Point.Y.FirstLane(out var y);
            Lanes->Point.Z.FirstLane(out var z);
            var inverse = ReferenceCurve.Inverse(Limbs.Value(in z), P);
            return inverse.IsZero ? null : ReferencePoint.At(Limbs.Value(in x) * inverse % P, Limbs.Value(in y) * inverse % P);
        }
    }
}
