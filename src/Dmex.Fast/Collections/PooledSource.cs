using System.Threading.Tasks.Sources;

namespace Dmex.Fast.Collections;

/// <summary>
/// What one caller awaits, pooled: completed once by a thread of this library, and given back when the caller takes the result.
/// A continuation is user code, so it runs on the thread pool or in the caller's context and never on the completing thread; what a
/// context or a continuation throws is reported and goes no further. Completing and awaiting allocate nothing, unless the caller has a
/// context of its own.
/// </summary>
/// <remarks>
/// <see cref="ManualResetValueTaskSourceCore{TResult}"/> alone does not keep that promise: it posts to a captured
/// <see cref="SynchronizationContext"/> on the completing thread, and a post may throw or run the continuation in place.
/// </remarks>
internal abstract class PooledSource<T> : IValueTaskSource<T>, IThreadPoolWorkItem
{
    private readonly Action<Exception> _failed;
    private ManualResetValueTaskSourceCore<T> _core;
    private Action<object?>? _continuation;
    private object? _state;
    private object? _scheduler;
    private ExecutionContext? _context;

    /// <param name="failed">Told what a continuation or its context threw. Thread-safe; must only hand on.</param>
    protected PooledSource(Action<Exception> failed) => _failed = failed;

    /// <summary>What the caller awaits, once. Read before anything can complete it.</summary>
    public ValueTask<T> Task => new(this, _core.Version);

    /// <summary>Gives the result. Exactly once a use, by any thread; returns before the continuation runs.</summary>
    protected void Complete(T result) => _core.SetResult(result);

    /// <inheritdoc cref="Complete(T)"/>
    protected void Complete(Exception exception) => _core.SetException(exception);

    /// <summary>The caller has taken the result: back into the pool.</summary>
    protected abstract void GiveBack();

    /// <inheritdoc/>
    T IValueTaskSource<T>.GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException(
                "The result is not there yet: await the ValueTask, or turn it into a Task, to wait for it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            GiveBack();
        }
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<T>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _continuation = continuation;
        _state = state;
        _scheduler = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != ValueTaskSourceOnCompletedFlags.None
            ? CurrentScheduler() : null;
        _context = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != ValueTaskSourceOnCompletedFlags.None
            ? ExecutionContext.Capture() : null;
        _core.OnCompleted(
            static source => ThreadPool.UnsafeQueueUserWorkItem((PooledSource<T>)source!, preferLocal: false),
            this,
            token,
            ValueTaskSourceOnCompletedFlags.None);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        // Taken out first: the continuation takes the result, and this object may be in its next use before it returns.
        var (continuation, state, scheduler, context) = (_continuation!, _state, _scheduler, _context);
        (_continuation, _state, _scheduler, _context) = (null, null, null, null);
        if (scheduler is null)
        {
            Invoke(continuation, state, context, _failed);
        }
        else
        {
            Post(scheduler, continuation, state, context);
        }
    }

    // Apart, so that its closure is allocated only where there is a context to post to.
    private void Post(object scheduler, Action<object?> continuation, object? state, ExecutionContext? context) =>
        new PostedContinuation(() => Invoke(continuation, state, context, _failed), _failed).PostTo(scheduler);

    private static object? CurrentScheduler()
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
        {
            return context;
        }

        return TaskScheduler.Current == TaskScheduler.Default ? null : TaskScheduler.Current;
    }

    private static void Invoke(Action<object?> continuation, object? state, ExecutionContext? context, Action<Exception> failed)
    {
        try
        {
            if (context is null)
            {
                continuation(state);
            }
            else
            {
                ExecutionContext.Run(context, new ContextCallback(continuation), state);
            }
        }
#pragma warning disable CA1031 // What a continuation throws stays with it: it must not end a thread of the pool, and so the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
        }
    }
}
