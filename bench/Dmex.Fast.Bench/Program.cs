using BenchmarkDotNet.Running;
using Dmex.Fast.Bench.Gate;
using Dmex.Fast.Bench.Timing;
using Dmex.Fast.Bench.Transport;

return args switch
{
    [GateCommand.Name, ..] => GateCommand.Run(args.AsSpan(1)),
    [TimingCommand.Name, ..] => TimingCommand.Run(args.AsSpan(1)),
    [SinkServer.Name] => SinkServer.Run(),
    _ => Kernels(args),
};

static int Kernels(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Dmex.Fast.Bench.Sample).Assembly).Run(args);
    return 0;
}
