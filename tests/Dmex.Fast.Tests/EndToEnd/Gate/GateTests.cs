using System.Diagnostics;
using Dmex.Fast.Bench.Gate;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Gate;

/// <summary>
/// Runs the built benchmarks' gate as a process. What it says of time is seen by .ci/plants, which has the machine for itself.
/// </summary>
public sealed class GateTests(ITestOutputHelper output)
{
    private const string Plant = "DMEX_BENCH_PLANT";
    private const string Ci = "CI";

    [Fact]
    public async Task An_extra_allocation_is_caught_by_name()
    {
        var (exitCode, text) = await Run("allocation", "--quick", "--only", "message");
        Assert.Equal(1, exitCode);
        Assert.Contains(
            Lines(text), line => line.StartsWith("message ", StringComparison.Ordinal) && line.Contains("BREACH", StringComparison.Ordinal)
            && line.Contains("allocates 24 B where 0 B are allowed", StringComparison.Ordinal));
    }

    /// <summary>Here it only is not measured; where a verdict is asked for, that is not enough.</summary>
    [Theory]
    [InlineData("false", 0)]
    [InlineData("true", 2)]
    public async Task A_reference_that_the_machine_lacks_fails_in_continuous_integration(string ci, int expected)
    {
        var (exitCode, text) = await Run("missing-library", ci, ["--quick", "--only", "recovery"]);
        Assert.Equal(expected, exitCode);
        Assert.Contains("libsecp256k1 is not on this machine", text, StringComparison.Ordinal);
        Assert.DoesNotContain("passed", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--only", "no such name")]
    [InlineData("--quick", "--unheard-of")]
    [InlineData("--json")]
    public async Task What_it_does_not_understand_is_a_usage_error(params string[] arguments)
    {
        var (exitCode, _) = await Run(plant: null, arguments);
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public async Task A_plant_that_there_is_not_is_a_usage_error()
    {
        var (exitCode, text) = await Run("weeds", "--quick", "--only", "message");
        Assert.Equal(2, exitCode);
        Assert.Contains("weeds", text, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n');

    private Task<(int ExitCode, string Text)> Run(string? plant, params string[] arguments) =>
        Run(plant, Environment.GetEnvironmentVariable(Ci), arguments);

    private async Task<(int ExitCode, string Text)> Run(string? plant, string? ci, string[] arguments)
    {
        var program = Program();
        External.Require(File.Exists(program), "the built benchmarks, " + program);
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, "gate", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[Plant] = plant;
        start.Environment[Ci] = ci;
        using var process = Process.Start(start)!;
        var printed = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await Wait.Ended(process);

        var text = await printed.Soon() + await complained.Soon();
        output.WriteLine(text);
        return (process.ExitCode, text);
    }

    /// <summary>The benchmarks, built beside these tests in the same configuration.</summary>
    internal static string Program()
    {
        var target = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Repository.Root, "bench", "Dmex.Fast.Bench", "bin", target.Parent!.Name, target.Name, "Dmex.Fast.Bench.dll");
    }
}
