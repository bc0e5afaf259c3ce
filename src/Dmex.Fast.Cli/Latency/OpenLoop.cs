using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Dmex.Fast.Cli.Latency;

/// <summary>
/// The thread that begins cancels at intended moments, started ahead of what is measured. It never waits for an answer, so a
/// venue or a program that stalls delays the cancels behind it, and their time counts from when they were to begin.
/// </summary>
internal sealed class OpenLoop : IDisposable
{
    private static readonly TimeSpan LeadTime = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Thread _thread;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private ExceptionDispatchInfo? _failure;
    private Action? _work;
    private volatile bool _stopping;

    public OpenLoop()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "dmex-open-loop", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

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
    public void Run(IOpenLoopWay way, Samples samples, int count, long period, long lead, CancellationToken cancellationToken)
    {
        _failure = null;
        _work = () => Block(way, samples, count, period, lead, cancellationToken);
        _ = _wake.Release();
        _done.Wait(CancellationToken.None);
        _failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _ = _wake.Release();
        _thread.Join();
        _wake.Dispose();
        _done.Dispose();
    }

    private static void Block(IOpenLoopWay way, Samples samples, int count, long period, long lead, CancellationToken cancellationToken)
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
            if (Stopwatch.GetElapsedTime(sent) > Patience)
            {
                throw new InvalidOperationException($"{samples.Unanswered} cancels ({way.Name}) are without an answer. {samples.FirstFailure}");
            }

            Thread.Sleep(1);
        }

        samples.Heap.EndBlock();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Loop()
    {
        PreciseClock.Sharpen();
        while (true)
        {
            _wake.Wait();
            if (_stopping)
            {
                return;
            }

            try
            {
                _work!();
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown where the run is waited for.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _failure = ExceptionDispatchInfo.Capture(error);
            }

            _ = _done.Release();
        }
    }
}
