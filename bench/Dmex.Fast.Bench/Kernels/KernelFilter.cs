using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Running;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Leaves out what a job, or this processor, switches off: it would only fail.</summary>
internal sealed class KernelFilter : IFilter
{
    private static readonly string[] NeedAvx512 =
        [nameof(PermutationBenchmark.Eight), nameof(NonceBenchmark.Sixteen), nameof(InversionBenchmark.Pair)];

    public bool Predicate(BenchmarkCase benchmarkCase)
    {
        var off = benchmarkCase.Job.Environment.EnvironmentVariables?.Select(variable => variable.Key) ?? [];
        var hasAvx2 = SigningKernels.IsSupported(SigningKernel.Avx2) && !off.Contains(Switches.Avx2, StringComparer.Ordinal);
        var hasAvx512 = SigningKernels.IsSupported(SigningKernel.Avx512) && !off.Any();
        var implementation = benchmarkCase.Parameters.Items.FirstOrDefault(item => item.Name is "Implementation")?.Value as string
            ?? string.Empty;
        return (hasAvx2 || !implementation.StartsWith(nameof(SigningKernel.Avx2), StringComparison.Ordinal))
            && (hasAvx512 || !implementation.StartsWith(nameof(SigningKernel.Avx512), StringComparison.Ordinal))
            && (hasAvx512 || !NeedAvx512.Contains(benchmarkCase.Descriptor.WorkloadMethod.Name, StringComparer.Ordinal));
    }
}
