using System.Diagnostics;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Gate;

/// <summary>Runs the built benchmarks' guard as a process, where BenchmarkDotNet measures, with a regression planted in it.</summary>
public sealed class GuardTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("allocation", "message", "allocates more than the budget allows")]
    [InlineData("slow-signer", "signature, Avx512", "slower than the budget allows")]
    public async Task A_planted_regression_is_caught_by_name(string plant, string only, string expected)
    {
        External.Require(LibSecp256k1.IsPresent, "libsecp256k1");
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor has no AVX-512.");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var (exitCode, text) = await RunAsync(plant, only);
            if (exitCode == 0 && plant is "slow-signer")
            {
                continue; // a machine too busy for a significant difference
            }

            Assert.Equal(1, exitCode);
            Assert.Contains(text.Split('\n'), line => line.StartsWith(only + " ", StringComparison.Ordinal) && line.Contains(expected, StringComparison.Ordinal));
            return;
        }

        Assert.Skip("This machine is too busy for any verdict about times.");
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

    private Task<(int ExitCode, string Text)> RunAsync(string plant, string only) => StartAsync(plant, "--quick", "--only", only);

    private async Task<(int ExitCode, string Text)> StartAsync(string? plant, params string[] arguments)
    {
        var program = GateTests.Program();
        External.Require(File.Exists(program), "the built benchmarks, " + program);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, "guard", .. arguments])
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
