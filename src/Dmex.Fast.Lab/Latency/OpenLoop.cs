using System.Diagnostics;
using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Contenders;

namespace Dmex.Fast.Lab.Latency;

/// <summary>
/// The thread that begins cancels at intended moments, started ahead of what is measured. It never waits for an answer, so a
/// venue or a program that stalls delays the cancels behind it, and their time counts from when they were to begin.
/// </summary>
internal sealed class OpenLoop : IDisposable
{
    private static readonly TimeSpan LeadTime = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceWhenCanceled = TimeSpan.FromMilliseconds(200);

    private readonly MeasuringThread _thread = new("dmex-open-loop");

    /// <summary>
    /// Begins <paramref name="count"/> cancels, one every <paramref name="period"/>, and waits until all have ended. The
    /// caller's thread is blocked meanwhile, so that nothing of its own allocates while cancels are measured.
    /// </summary>
    /// <param name="way">Does them.</param>
    /// <param name="samples">Where they are taken down.</param>
    /// <param name="count">How many.</param>
    /// <param name="period">The time from one intended start to the next, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="lead">The silence before the first one, in the same unit.</param>
    /// <param name="cancellationToken">Ends the run between two cancels.</param>
    /// <exception cref="InvalidOperationException">Cancels did not end.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public void Run(IOpenLoopWay way, CancelSamples samples, int count, long period, long lead, CancellationToken cancellationToken)
    {
        _thread.Run(() => Block(way, samples, count, period, lead, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _thread.Dispose();

    private static void Block(
        IOpenLoopWay way, CancelSamples samples, int count, long period, long lead, CancellationToken cancellationToken)
    {
        way.Prepare(samples, count);
        samples.Heap.BeginBlock();
        var intended = Stopwatch.GetTimestamp() + PreciseClock.Ticks(LeadTime) + lead;
        for (var i = 0; i < count && !cancellationToken.IsCancellationRequested; i++, intended += period)
        {
            var called = PreciseClock.WaitUntil(intended);
            way.Send(samples.Begin(intended, called));
            way.AfterSend();
        }

        var sent = Stopwatch.GetTimestamp();
        while (samples.Unanswered > 0)
        {
            if (cancellationToken.IsCancellationRequested && Stopwatch.GetElapsedTime(sent) > PatienceWhenCanceled)
            {
                break;
            }

            if (Stopwatch.GetElapsedTime(sent) > Patience)
            {
                throw new InvalidOperationException(
                    $"{samples.Unanswered} cancels ({way.Name}) are without an answer. {samples.FirstFailure}");
            }

            Thread.Sleep(1);
            way.Collect();
        }

        samples.Heap.EndBlock();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
