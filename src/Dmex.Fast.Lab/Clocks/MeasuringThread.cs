using System.Runtime.ExceptionServices;

namespace Dmex.Fast.Lab.Clocks;

/// <summary>
/// A thread, started ahead of what is measured, on which measured work runs: what a thread keeps for itself (the array pool's slots, say)
/// is there already, as it is on the thread of a trading program. Work runs one piece at a time.
/// </summary>
internal sealed class MeasuringThread : IDisposable
{
    private readonly Thread _thread;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private ExceptionDispatchInfo? _failure;
    private Action? _work;
    private volatile bool _stopping;

    /// <summary>Starts it.</summary>
    /// <param name="name">For debuggers.</param>
    public MeasuringThread(string name)
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>
    /// Runs the work and waits for its end. The caller's thread is blocked meanwhile, so that nothing of its own allocates while the
    /// work is measured. What the work throws is thrown here.
    /// </summary>
    public void Run(Action work)
    {
        _failure = null;
        _work = work;
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
#pragma warning disable CA1031 // Whatever it is, it is thrown where the work is waited for.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _failure = ExceptionDispatchInfo.Capture(error);
            }

            _ = _done.Release();
        }
    }
}
