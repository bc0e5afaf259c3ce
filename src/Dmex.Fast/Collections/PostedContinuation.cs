namespace Dmex.Fast.Collections;

/// <summary>
/// A continuation on its way into its caller's context. Runs once, however often the context runs it; where the context refuses it,
/// a closed window's say, it runs here: without its context is better than never.
/// </summary>
/// <param name="run">Runs the continuation; does not throw.</param>
/// <param name="failed">Told what the context threw.</param>
internal sealed class PostedContinuation(Action run, Action<Exception> failed)
{
    private Action? _run = run;

    /// <param name="scheduler">A <see cref="SynchronizationContext"/> or a <see cref="TaskScheduler"/>.</param>
    public void PostTo(object scheduler)
    {
        try
        {
            if (scheduler is SynchronizationContext context)
            {
                context.Post(static posted => ((PostedContinuation)posted!).RunOnce(), this);
            }
            else
            {
                _ = Task.Factory.StartNew(
                    static posted => ((PostedContinuation)posted!).RunOnce(),
                    this,
                    CancellationToken.None,
                    TaskCreationOptions.DenyChildAttach,
                    (TaskScheduler)scheduler);
            }
        }
#pragma warning disable CA1031 // A caller's context may throw anything; it must not end a thread of the pool, and so the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
            RunOnce();
        }
    }

    private void RunOnce() => Interlocked.Exchange(ref _run, null)?.Invoke();
}
