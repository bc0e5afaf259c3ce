using System.Diagnostics;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Gate;

/// <summary>
/// Runs the built benchmarks' guard as a process, where BenchmarkDotNet measures, with an allocation planted in it. A planted slow signer
/// is caught by .ci/plants, which has the machine for itself: no verdict of a test hangs on time.
/// </summary>
public sealed class GuardTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Fact(Explicit = true)]
    [Trait("Lane", "Long")]
    public async Task An_extra_allocation_is_caught_by_name()
    {
        External.Require(LibSecp256k1.IsPresent, "libsecp256k1");
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor has no AVX-512.");
        var (exitCode, text) = await StartAsync("allocation", "--quick", "--only", "message");
        Assert.Equal(1, exitCode);
        Assert.Contains(text.Split('\n'), line => line.StartsWith("message ", StringComparison.Ordinal)
            && line.Contains("allocates more than the budget allows", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--fast")]
    [InlineData("--only")]
    public async Task Wrong_arguments_are_told(string argument)
    {
        var (exitCode, text) = await StartAsync(plant: null, argument);
        Assert.Equal(2, exitCode);
        Assert.Contains("usage: guard", text, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Text)> StartAsync(string? plant, params string[] arguments)
    {
        var program = GateTests.Program();
        External.Require(File.Exists(program), "the built benchmarks, " + program);
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, "guard", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DMEX_BENCH_PLANT"] = plant;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Deadline);
        try
        {
            var text = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            var printed = await text + await errors;
            output.WriteLine(printed);
            return (process.ExitCode, printed);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
