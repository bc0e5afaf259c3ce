using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// The one way in which a test waits for another thread, process or peer: with a deadline that only a hang reaches, however busy
/// the machine is, and with the name of what it waits for in the failure.
/// </summary>
internal static class Wait
{
    /// <summary>What takes a second on a quiet machine takes a minute beside many busy processes.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public static async Task Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Long, $"Not reached: {what}");
            await Task.Delay(5);
        }
    }

    public static void UntilSync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Long, $"Not reached: {what}");
            Thread.Sleep(1);
        }
    }

    /// <summary>Awaits what must end.</summary>
    public static async Task Soon(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Long);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not ended within {Long.TotalMinutes} minutes: {what}", e);
        }
    }

    /// <inheritdoc cref="Soon(Task, string)"/>
    public static async Task<T> Soon<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await Soon((Task)task, what);
        return await task;
    }

    /// <inheritdoc cref="Soon(Task, string)"/>
    public static Task<T> Soon<T>(this ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string what = "") =>
        task.AsTask().Soon(what);

    /// <inheritdoc cref="Soon(Task, string)"/>
    public static Task Soon(this ValueTask task, [CallerArgumentExpression(nameof(task))] string what = "") => task.AsTask().Soon(what);

    /// <summary>Waits until threads have ended.</summary>
    public static void Joined(params ReadOnlySpan<Thread> threads)
    {
        foreach (var thread in threads)
        {
            Assert.True(thread.Join(Long), $"Not ended within {Long.TotalMinutes} minutes: the thread {thread.Name ?? "of the test"}");
        }
    }

    /// <summary>Waits until a process has ended by itself; kills it when it does not.</summary>
    public static async Task Ended(Process process)
    {
        try
        {
            await process.WaitForExitAsync()
                .Soon($"the process {process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}");
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
