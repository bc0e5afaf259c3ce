using System.Collections.Concurrent;
using Dmex.Fast.Collections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Collections;

public sealed class PooledSourceTests
{
    private readonly ConcurrentQueue<Exception> _faults = new();

    [Fact]
    public async Task The_result_or_the_exception_reaches_the_caller_and_the_source_comes_back()
    {
        var source = new Source(_faults.Enqueue);
        var task = source.Task;
        Assert.False(task.IsCompleted);
        source.Finish(7);
        Assert.Equal(7, await task);
        Assert.Equal(1, source.GivenBack);

        task = source.Task;
        source.Fail(new InvalidTimeZoneException());
        _ = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await task);
        Assert.Equal(2, source.GivenBack);
    }

    [Fact]
    public void A_result_taken_before_it_is_there_or_twice_is_an_error()
    {
        var source = new Source(_faults.Enqueue);
        var task = source.Task;
#pragma warning disable CA2012, xUnit1031 // Taken wrongly on purpose.
        _ = Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
        source.Finish(1);
        Assert.Equal(1, task.GetAwaiter().GetResult());
        _ = Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
#pragma warning restore CA2012, xUnit1031
        Assert.Equal(1, source.GivenBack);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_continuation_never_runs_on_the_thread_that_completes(bool completedBefore)
    {
        var source = new Source(_faults.Enqueue);
        using var ran = new ManualResetEventSlim();
        Thread? runner = null;
        var completing = new Thread(() => source.Finish(1));
        if (completedBefore)
        {
            completing.Start();
            Wait.Joined(completing);
        }

        var awaiter = source.Task.GetAwaiter();
        awaiter.UnsafeOnCompleted(() =>
        {
            runner = Thread.CurrentThread;
            ran.Set();
        });
        if (!completedBefore)
        {
            completing.Start();
            Wait.Joined(completing);
        }

        Assert.True(ran.Wait(Wait.Long));
        Assert.True(runner!.IsThreadPoolThread);
    }

    [Fact]
    public void What_a_continuation_throws_is_reported_and_goes_no_further()
    {
        var source = new Source(_faults.Enqueue);
        source.Task.GetAwaiter().UnsafeOnCompleted(() => throw new InvalidTimeZoneException());
        source.Finish(1);
        Wait.UntilSync(() => !_faults.IsEmpty, "the exception is reported");
        _ = Assert.IsType<InvalidTimeZoneException>(Assert.Single(_faults));
    }

    [Fact]
    public void A_context_that_refuses_has_its_continuation_run_without_it_once()
    {
        var source = new Source(_faults.Enqueue);
        var runs = 0;
        InContext(new Context(_ => throw new InvalidTimeZoneException()), () => source.Task.GetAwaiter().OnCompleted(() => runs++));
        source.Finish(1);
        Wait.UntilSync(() => runs == 1, "the continuation runs");
        _ = Assert.IsType<InvalidTimeZoneException>(Assert.Single(_faults));
    }

    [Fact]
    public void A_context_that_runs_what_it_is_given_and_then_throws_has_it_run_once()
    {
        var source = new Source(_faults.Enqueue);
        var runs = 0;
        InContext(
            new Context(run =>
            {
                run();
                throw new InvalidTimeZoneException();
            }),
            () => source.Task.GetAwaiter().OnCompleted(() => Interlocked.Increment(ref runs)));
        source.Finish(1);
        Wait.UntilSync(() => !_faults.IsEmpty, "the exception is reported");
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task The_callers_context_scheduler_and_execution_context_are_kept()
    {
        var local = new AsyncLocal<int> { Value = 5 };
        var source = new Source(_faults.Enqueue);
        var seen = new TaskCompletionSource<(int Local, bool InContext)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = new Context(run => run());
        InContext(context, () => source.Task.GetAwaiter().OnCompleted(() => seen.SetResult((local.Value, context.Posts == 1))));
        local.Value = 6;
        source.Finish(1);
        Assert.Equal((5, true), await seen.Task.Soon());

        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var source2 = new Source(_faults.Enqueue);
        var ranOn = new TaskCompletionSource<TaskScheduler>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Task.Factory.StartNew(
            () => source2.Task.GetAwaiter().OnCompleted(() => ranOn.SetResult(TaskScheduler.Current)),
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler);
        source2.Finish(1);
        Assert.Same(scheduler, await ranOn.Task.Soon());
    }

    [Fact]
    public void A_context_that_blocks_holds_up_neither_the_completing_thread_nor_other_callers()
    {
        using var unblock = new ManualResetEventSlim();
        var blocked = new Source(_faults.Enqueue);
        var other = new Source(_faults.Enqueue);
        var done = 0;
        var context = new Context(run =>
        {
            Assert.True(unblock.Wait(Wait.Long));
            run();
        });
        InContext(context, () => blocked.Task.GetAwaiter().OnCompleted(() => Interlocked.Increment(ref done)));
        var completing = new Thread(() =>
        {
            blocked.Finish(1);
            other.Finish(2);
        });
        other.Task.GetAwaiter().UnsafeOnCompleted(() => Interlocked.Increment(ref done));
        completing.Start();
        Wait.Joined(completing);
        Wait.UntilSync(() => Volatile.Read(ref done) == 1, "the other caller goes on");
        unblock.Set();
        Wait.UntilSync(() => Volatile.Read(ref done) == 2, "the first one does too");
        Assert.Empty(_faults);
    }

    [Fact]
    public void Completing_and_awaiting_allocates_nothing_without_a_context()
    {
        var source = new Source(_faults.Enqueue);
        var runs = 0;
        long allocated = -1;
        Action continuation = () => Interlocked.Increment(ref runs);
        var measuring = new Thread(() =>
        {
            long before = 0;
            for (var i = 0; i < 200; i++)
            {
                before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
                var awaiter = source.Task.GetAwaiter();
                awaiter.UnsafeOnCompleted(continuation);
                source.Finish(1);
                while (Volatile.Read(ref runs) <= i)
                {
                    _ = Thread.Yield();
                }

                _ = awaiter.GetResult();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        measuring.Start();
        Wait.Joined(measuring);
        Assert.Equal(0, allocated);
    }

    private static void InContext(SynchronizationContext context, Action action)
    {
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            action();
        });
        thread.Start();
        Wait.Joined(thread);
    }

    private sealed class Source(Action<Exception> failed) : PooledSource<int>(failed)
    {
        public int GivenBack { get; private set; }

        public void Finish(int result) => Complete(result);

        public void Fail(Exception exception) => Complete(exception);

        protected override void GiveBack() => GivenBack++;
    }

    private sealed class Context(Action<Action> post) : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Posts++;
            post(() => d(state));
        }
    }
}
