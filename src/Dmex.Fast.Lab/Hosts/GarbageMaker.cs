using System.Diagnostics;
using Dmex.Fast.Lab.Clocks;

namespace Dmex.Fast.Lab.Hosts;

/// <summary>
/// What the rest of a trading program does to the heap: a thread that allocates small arrays at a steady rate, of which some
/// live for a while. Without it there is nothing to collect, and no setting of the collector makes a difference.
/// </summary>
internal sealed class GarbageMaker : IDisposable
{
    private const int ArraySize = 1_024;
    private const int Survivors = 20_000;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly Thread _thread;
    private readonly long _bytesAStep;
    private volatile bool _stopping;

    /// <param name="megabytesASecond">How much it allocates.</param>
    public GarbageMaker(int megabytesASecond)
    {
        _bytesAStep = (long)(megabytesASecond * 1e6 * Step.TotalSeconds);
        _thread = new Thread(Run) { IsBackground = true, Name = "dmex-garbage" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        var living = new byte[Survivors][];
        var next = 0;
        var made = 0;
        var due = Stopwatch.GetTimestamp();
        while (!_stopping)
        {
            for (long bytes = 0; bytes < _bytesAStep; bytes += ArraySize)
            {
                var array = new byte[ArraySize];
                if (++made % 8 == 0)
                {
                    living[next] = array;
                    next = (next + 1) % Survivors;
                }
            }

            due = Math.Max(due + PreciseClock.Ticks(Step), Stopwatch.GetTimestamp() - PreciseClock.Ticks(Step));
            _ = PreciseClock.SleepUntil(due);
        }
    }
}
