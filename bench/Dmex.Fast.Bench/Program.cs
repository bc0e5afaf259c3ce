using BenchmarkDotNet.Running;
using Dmex.Fast.Bench.Ratios;
using Dmex.Fast.Bench.Timing;

// dotnet run -c Release --project bench/Dmex.Fast.Bench -- --filter '*SignatureBenchmark*'
// dotnet run -c Release --project bench/Dmex.Fast.Bench -- ratios
if (args is ["ratios", ..])
{
    return RatiosCommand.Run(args.AsSpan(1));
}

// dotnet run -c Release --project bench/Dmex.Fast.Bench -- timing
if (args is [TimingCommand.Name, ..])
{
    return TimingCommand.Run(args.AsSpan(1));
}

BenchmarkSwitcher.FromAssembly(typeof(Dmex.Fast.Bench.Sample).Assembly).Run(args);
return 0;
