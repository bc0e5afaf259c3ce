using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit;
using Xunit.v3;

[assembly: Dmex.Fast.Tests.Support.TestWatchdog]

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// Ends the run when a test takes longer than any does on a busy machine, and names it. A thread of its own watches, so that a
/// hang of the thread pool or of the test runner is found as well.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TestWatchdogAttribute : BeforeAfterTestAttribute
{
    /// <summary>Names the limit in seconds, where it is to be another.</summary>
    public const string Variable = "DMEX_TEST_LIMIT_SECONDS";

    // For one test, and for the runner to begin the next one; longer where a long run is asked for.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(
        Number(Variable, 600 * Number("DMEX_TEST_LONG", 1)) + Number("DMEX_SOAK_SECONDS", 0));

    private static readonly ConcurrentDictionary<string, (string Name, long Begun)> Running = new(StringComparer.Ordinal);
    private static readonly Lazy<Thread> Watcher = new(() =>
    {
        var thread = new Thread(Watch) { IsBackground = true, Name = "test-watchdog" };
        thread.Start();
        return thread;
    });

    private static long _lastChange;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        var now = Stopwatch.GetTimestamp();
        Running[test.UniqueID] = (test.TestDisplayName, now);
        Volatile.Write(ref _lastChange, now);
        _ = Watcher.Value;
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        _ = Running.TryRemove(test.UniqueID, out _);
        Volatile.Write(ref _lastChange, Stopwatch.GetTimestamp());
    }

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(TimeSpan.FromSeconds(1));
            if (Overdue() is { } message)
            {
                Environment.FailFast(message);
            }
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static string? Overdue()
    {
        var late = Running.Values.Where(test => Stopwatch.GetElapsedTime(test.Begun) > Limit).Select(test => test.Name).ToArray();
        if (late.Length > 0)
        {
            return $"Not ended within {Limit.TotalSeconds} s: {string.Join(", ", late)}.";
        }

        return Running.IsEmpty && Stopwatch.GetElapsedTime(Volatile.Read(ref _lastChange)) > Limit
            ? $"No test has begun for {Limit.TotalSeconds} s, and the run has not ended."
            : null;
    }
}
