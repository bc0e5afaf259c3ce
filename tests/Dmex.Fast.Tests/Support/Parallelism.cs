using Xunit.v3;

// Most tests wait: for sockets, processes and timers. Four at once keep two processors busy.
[assembly: Parallelization(MaxThreads = 4)]
