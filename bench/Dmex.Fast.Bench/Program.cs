using Dmex.Fast.Bench;
using Dmex.Fast.Bench.Gate;
using Dmex.Fast.Bench.Timing;
using Dmex.Fast.Bench.Transport;

return args switch
{
    [GateCommand.Name, ..] => GateCommand.Run(args.AsSpan(1)),
    [TrendCommand.Name, ..] => TrendCommand.Run(args.AsSpan(1)),
    [TimingCommand.Name, ..] => TimingCommand.Run(args.AsSpan(1)),
    [SinkServer.Name] => SinkServer.Run(),
    _ => KernelsCommand.Run(args),
};
