using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// Every output of a lane operation may be any of its inputs, and inputs may be one another: each operation is run with its
/// operands spread over few variables in every way, and compared with the same run on copies.
/// </summary>
public sealed unsafe class LaneAliasTests(ITestOutputHelper output)
{
    [Fact]
    public void Four_lanes()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx2), "This processor, as configured, has no AVX2.");
        Check<FieldElementX4>();
    }

    [Fact]
    public void Eight_lanes()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor, as configured, has no AVX-512.");
        Check<FieldElementX8>();
    }

    private void Check<T>()
        where T : unmanaged, ILaneField<T>
    {
        var random = Seed.Create(output);
        var v = (T*)NativeMemory.AlignedAlloc((nuint)(2 * 5 * sizeof(T)), 64);
        try
        {
            InEveryWay(v, random, 2, static v => T.Add(v[0], v[1], v[2]));
            InEveryWay(v, random, 2, static v => T.Subtract(v[0], v[1], v[2]));
            InEveryWay(v, random, 2, static v => T.NegateSum(v[0], v[1], v[2]));
            InEveryWay(v, random, 1, static v => T.Negate(v[0], v[1]));
            InEveryWay(v, random, 1, static v => T.MultiplySmall(v[0], v[1], 21));
            InEveryWay(v, random, 2, static v => T.Multiply(v[0], v[1], v[2]));
            InEveryWay(v, random, 3, static v => T.MultiplyAdd(v[0], v[1], v[2], v[3]));
            InEveryWay(v, random, 4, static v => T.MultiplySum(v[0], v[1], v[2], v[3], v[4]));
            InEveryWay(v, random, 2, static v => T.JoinLow(v[0], v[1], v[2]));
            InEveryWay(v, random, 2, static v => T.JoinHigh(v[0], v[1], v[2]));
            InEveryWay(v, random, 1, static v => T.SwapHalves(v[0], v[1]));
            for (var quarter = 1; quarter < 4 && T.HasQuarters; quarter++)
            {
                var from = quarter;
                InEveryWay(v, random, 1, v => T.FirstQuarter(v[0], v[1], from));
            }

            if (T.HasQuarters)
            {
                InEveryWay(v, random, 4, static v => T.JoinQuarters(v[0], v[1], v[2], v[3], v[4]));
            }

            for (var distance = 1; distance < T.Lanes / 2; distance++)
            {
                var by = distance;
                InEveryWay(v, random, 1, v => T.SwapWithin(v[0], v[1], by));
            }
        }
        finally
        {
            NativeMemory.AlignedFree(v);
        }
    }

    /// <summary>The operands of an operation: the output, then the inputs.</summary>
    private delegate void Operation<T>(Operands<T> operands)
        where T : unmanaged;

    /// <summary>Operand i stands in variable (ways / count^i) mod count, for all ways to choose.</summary>
    private static void InEveryWay<T>(T* variables, Random random, int inputs, Operation<T> operation)
        where T : unmanaged, ILaneField<T>
    {
        var count = inputs + 1;
        var ways = (int)Math.Pow(count, count);
        var places = new int[count];
        for (var way = 0; way < ways; way++)
        {
            for (int i = 0, rest = way; i < count; i++, rest /= count)
            {
                places[i] = rest % count;
            }

            Fill<T>(new Span<double>(variables, count * sizeof(T) / sizeof(double)), random);

            // Copies: every operand in a place of its own.
            var separate = variables + count;
            for (var i = 0; i < count; i++)
            {
                separate[i] = variables[places[i]];
            }

            var own = Enumerable.Range(0, count).ToArray();
            operation(new Operands<T>(separate, own));
            operation(new Operands<T>(variables, places));
            Assert.Equal(separate[0], variables[places[0]]);
        }
    }

    private static void Fill<T>(Span<double> digits, Random random)
        where T : unmanaged, ILaneField<T>
    {
        for (var i = 0; i < digits.Length; i++)
        {
            var bound = (long)LaneFieldModel.CarriedBound(i / T.Lanes % 5);
            digits[i] = random.NextInt64(-bound, bound + 1);
        }
    }

    private readonly struct Operands<T>(T* variables, int[] places)
        where T : unmanaged
    {
        private readonly T* _variables = variables;

        public T* this[int operand] => _variables + places[operand];
    }
}
