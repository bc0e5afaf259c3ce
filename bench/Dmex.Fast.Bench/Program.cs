using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Dmex.Fast.Bench -- --filter '*SignatureBenchmark*'
BenchmarkSwitcher.FromAssembly(typeof(Dmex.Fast.Bench.Sample).Assembly).Run(args);
