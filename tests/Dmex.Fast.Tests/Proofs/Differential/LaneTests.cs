using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;
using X4 = Dmex.Fast.Tests.Proofs.Differential.LaneChecks<
    Dmex.Fast.Signing.Vectors.FieldElementX4, Dmex.Fast.Signing.Vectors.LaneTableReaderX4>;
using X8 = Dmex.Fast.Tests.Proofs.Differential.LaneChecks<
    Dmex.Fast.Signing.Vectors.FieldElementX8, Dmex.Fast.Signing.Vectors.LaneTableReaderX8>;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>The vector kernels against BigInteger and BouncyCastle, at the bounds of their contracts, with every aliasing.</summary>
public sealed class LaneTests(ITestOutputHelper output)
{
    private const string Avx2 = nameof(SigningKernel.Avx2);
    private const string Avx512 = nameof(SigningKernel.Avx512);

    [Theory]
    [InlineData(Avx2)]
    [InlineData(Avx512)]
    public void Products_agree_and_are_carried(string kernel) => On(kernel, X4.Products, X8.Products);

    [Theory]
    [InlineData(Avx2)]
    [InlineData(Avx512)]
    public void Products_may_replace_any_factor(string kernel) => On(kernel, X4.ProductsInPlace, X8.ProductsInPlace);

    [Theory]
    [InlineData(Avx2)]
    [InlineData(Avx512)]
    public void Sums_differences_and_small_multiples_agree(string kernel) => On(kernel, X4.Sums, X8.Sums);

    [Theory]
    [InlineData(Avx2)]
    [InlineData(Avx512)]
    public void Carrying_keeps_the_value_and_the_first_lane_comes_out_normal(string kernel) => On(kernel, X4.Carries, X8.Carries);

    [Theory]
    [InlineData(Avx2)]
    [InlineData(Avx512)]
    public void Lanes_are_joined_and_swapped_as_documented(string kernel) => On(kernel, X4.Permutations, X8.Permutations);

    [Theory]
    [InlineData(Avx2)]
    [InlineData(Avx512)]
    public void Multiples_of_the_generator_agree(string kernel) => On(kernel, X4.GeneratorMultiples, X8.GeneratorMultiples);

    [Fact]
    public void Both_inverses_of_one_pass_agree_and_0_stays_0()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor has no AVX-512.");
        var random = Seed.Create(output);
        var values = Numbers.Edges.Concat(Enumerable.Range(0, 1_000).Select(_ => Numbers.Bits256(random))).ToArray();
        foreach (var value in values)
        {
            var other = values[random.Next(values.Length)];
            var element = Limbs.Field(value % ReferenceCurve.P);
            var scalar = Limbs.Scalar(other % ReferenceCurve.N);
            SafeGcdPair.Invert(ref element, ref scalar);
            Assert.Equal(ReferenceCurve.Inverse(value, ReferenceCurve.P), Limbs.Raw(in element));
            Assert.Equal(ReferenceCurve.Inverse(other, ReferenceCurve.N), Limbs.Value(in scalar));
            Assert.True(Limbs.IsNormal(in element));
        }
    }

    private void On(string kernel, Action<Random> avx2, Action<Random> avx512)
    {
        var wanted = Enum.Parse<SigningKernel>(kernel);
        Assert.SkipUnless(SigningKernels.IsSupported(wanted), $"This processor, as configured, has no {kernel}.");
        (wanted == SigningKernel.Avx2 ? avx2 : avx512)(Seed.Create(output));
    }
}
