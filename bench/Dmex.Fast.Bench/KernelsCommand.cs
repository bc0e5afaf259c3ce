using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

namespace Dmex.Fast.Bench;

/// <summary>
/// Everything else on the command line is BenchmarkDotNet's: each benchmark runs as the processor is, without AVX-512, and
/// without AVX2 (and what builds on it), each in a process of its own. <c>--job NAME</c> says how long.
/// </summary>
internal static class KernelsCommand
{
    private const string JobOption = "--job";

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

#if NUGET_PEERS
        job = job.WithArguments([new MsBuildArgument("/p:NuGetPeers=true")]); // BenchmarkDotNet builds this project again
#endif
        var config = DefaultConfig.Instance
            .AddJob(job.WithId("as it is").AsBaseline())
            .AddJob(job.WithEnvironmentVariable(Switches.Avx512, "0").WithId("AVX-512 off"))
            .AddJob(job.WithEnvironmentVariable(Switches.Avx2, "0").WithId("AVX2 off"))
            .AddFilter(new KernelFilter());
        return BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly).Run([.. rest], config).Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
    }

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
