using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// The signing tests once more on lesser processors: the runtime is told to hide instructions, and each run first makes sure
/// that the kernel which that leaves was chosen.
/// </summary>
[Trait("Lane", "Long")]
public sealed class KernelSwitchTests(ITestOutputHelper output)
{
    /// <summary>Without the comparisons with other libraries, which run every kernel in one process.</summary>
    private static readonly string[] SigningTests =
    [
        "-class", "Dmex.Fast.Tests.Unit.Signing.*", "-class", "Dmex.Fast.Tests.Proofs.Signing.*", "-class",
        "Dmex.Fast.Tests.Proofs.Differential.*", "-class", typeof(KernelProbe).FullName!,
        "-class-", "Dmex.Fast.Tests.Proofs.Differential.SignatureTests",
    ];

    [Fact(Explicit = true)]
    public Task Signing_is_right_without_AVX_512() => RunWithoutAsync(
        "DOTNET_EnableAVX512", SigningKernels.IsSupported(SigningKernel.Avx2) ? SigningKernel.Avx2 : SigningKernel.Portable);

    [Fact(Explicit = true)]
    public Task Signing_is_right_without_AVX2() => RunWithoutAsync("DOTNET_EnableAVX2", SigningKernel.Portable);

    [Fact(Explicit = true)]
    public Task Signing_is_right_without_any_intrinsics() => RunWithoutAsync("DOTNET_EnableHWIntrinsic", SigningKernel.Portable);

    private async Task RunWithoutAsync(string instructions, SigningKernel kernel)
    {
        Assert.SkipWhen(
            Environment.GetEnvironmentVariables().Keys.Cast<string>()
                .Any(name => name.StartsWith("DOTNET_Enable", StringComparison.Ordinal)),
            "This process is such a run itself.");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [instructions] = "0",
            [KernelProbe.Variable] = kernel.ToString(),
        };
        var printed = await ChildTests.RunAsync(SigningTests, environment);
        output.WriteLine(printed.Split('\n').Last(line => line.Contains("Total:", StringComparison.Ordinal)).Trim());
    }
}
