using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.NativeAot;
using Dmex.Fast.Lab.Venues;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// Everything else on the command line is BenchmarkDotNet's: each benchmark runs as the processor is, without AVX-512, and
/// without AVX2 (and what builds on it), each in a process of its own. <c>--job NAME</c> says how long; <c>--native</c> compares
/// with the same code compiled ahead of time, for this very machine, in place of leaving instruction sets out.
/// </summary>
internal static class KernelsCommand
{
    private const string JobOption = "--job";
    private const string NativeOption = "--native";
    private static readonly TimeSpan NativeBuildTimeout = TimeSpan.FromMinutes(15);

    public static int Run(string[] arguments)
    {
        var rest = arguments.ToList();
        var job = Job.Default;
        var at = rest.FindIndex(argument => argument is JobOption or "-j");
        if (at >= 0)
        {
            if (at + 1 == rest.Count || Named(rest[at + 1]) is not { } named)
            {
                Console.Error.WriteLine($"{JobOption} is dry, short, medium, long, verylong or default.");
                return 2;
            }

            job = named;
            rest.RemoveRange(at, 2);
        }

        var config = DefaultConfig.Instance.AddFilter(new KernelFilter()).AddJob(job.WithId("as it is").AsBaseline());
        config = rest.Remove(NativeOption)
            ? config.AddJob(Native(job)).WithBuildTimeout(NativeBuildTimeout)
            : config
                .AddJob(job.WithEnvironmentVariable(Switches.Avx512, "0").WithId("AVX-512 off"))
                .AddJob(job.WithEnvironmentVariable(Switches.Avx2, "0").WithId("AVX2 off"));
        Environment.SetEnvironmentVariable(SinkProcess.ProgramVariable, typeof(KernelsCommand).Assembly.Location); // inherited
        return BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly).Run([.. rest], config)
            .Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
    }

    private static Job Native(Job job) => job
        .WithRuntime(NativeAotRuntime.Net10_0)
        .WithToolchain(NativeAotToolchain.CreateBuilder()
            .UseNuGet("", "") // the SDK's own compiler
            .IlcInstructionSet("native") // as the command is: src/Dmex.Fast.Cli/Dmex.Fast.Cli.csproj says why
            .DisplayName("ahead of time")
            .TargetFrameworkMoniker("net10.0")
            .ToToolchain())
        .WithId("native");

    private static Job? Named(string name) => name switch
    {
        "dry" => Job.Dry,
        "short" => Job.ShortRun,
        "medium" => Job.MediumRun,
        "long" => Job.LongRun,
        "verylong" => Job.VeryLongRun,
        "default" => Job.Default,
        _ => null,
    };
}
