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

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (string Name, long Begun)> Running = new(StringComparer.Ordinal);
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
        lock (Gate)
        {
            Running[test.UniqueID] = (test.TestDisplayName, now);
            _lastChange = now;
        }

        _ = Watcher.Value;
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        lock (Gate)
        {
            _ = Running.Remove(test.UniqueID);
            _lastChange = Stopwatch.GetTimestamp();
        }
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

    /// <summary>What is wrong. Allocates nothing while nothing is: the tests of allocation count the whole process.</summary>
    private static string? Overdue()
    {
        lock (Gate)
        {
            string? late = null;
            foreach (var (_, test) in Running)
            {
                if (Stopwatch.GetElapsedTime(test.Begun) > Limit)
                {
                    late = late is null ? test.Name : $"{late}, {test.Name}";
                }
            }

            return late is not null ? $"Not ended within {Limit.TotalSeconds} s: {late}."
                : Running.Count == 0 && Stopwatch.GetElapsedTime(_lastChange) > Limit
                    ? $"No test has begun for {Limit.TotalSeconds} s, and the run has not ended."
                : null;
        }
    }
}
