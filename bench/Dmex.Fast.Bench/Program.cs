using BenchmarkDotNet.Running;
using Dmex.Fast.Bench.Ratios;
using Dmex.Fast.Bench.Timing;
using Dmex.Fast.Bench.Transport;

// dotnet run -c Release --project bench/Dmex.Fast.Bench -- --filter '*SignatureBenchmark*'
// dotnet run -c Release --project bench/Dmex.Fast.Bench -- ratios
// dotnet run -c Release --project bench/Dmex.Fast.Bench -- transport
if (args is [RatiosCommand.Signing or RatiosCommand.Transport, ..])
{
    return RatiosCommand.Run(args[0], args.AsSpan(1));
}

if (args is [SinkServer.Name])
{
    return SinkServer.Run();
}

// dotnet run -c Release --project bench/Dmex.Fast.Bench -- timing
if (args is [TimingCommand.Name, ..])
{
    return TimingCommand.Run(args.AsSpan(1));
}

BenchmarkSwitcher.FromAssembly(typeof(Dmex.Fast.Bench.Sample).Assembly).Run(args);
return 0;
