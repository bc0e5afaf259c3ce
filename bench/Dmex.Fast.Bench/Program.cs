using Dmex.Fast.Bench.Gate;
using Dmex.Fast.Bench.Kernels;
using Dmex.Fast.Bench.Standbys;
using Dmex.Fast.Bench.Timing;
using Dmex.Fast.Lab.Venues;











return args switch
{
    [GateCommand.Name, ..] => GateCommand.Run(args.AsSpan(1)),
    [GuardCommand.Name, ..] => GuardCommand.Run(args.AsSpan(1)),
    [TrendCommand.Name, ..] => TrendCommand.Run(args.AsSpan(1)),
    [TimingCommand.Name, ..] => TimingCommand.Run(args.AsSpan(1)),
    [StandbyCommand.Name] => StandbyCommand.Run(),
    [SinkServer.Name] => SinkServer.Run(),
    _ => KernelsCommand.Run(args),
};
