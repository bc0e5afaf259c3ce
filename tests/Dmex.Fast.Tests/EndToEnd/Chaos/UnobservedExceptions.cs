using System.Collections.Concurrent;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>Collects exceptions of tasks that nobody looked at, where they passed through the client.</summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private readonly ConcurrentQueue<string> _found = new();

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += Note;

    /// <summary>What was found up to now, abandoned tasks included.</summary>
    public IReadOnlyCollection<string> Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return _found;
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    private void Note(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        var text = e.Exception.ToString();
        if (text.Split('\n').Any(IsOfClient))
        {
            _found.Enqueue(text);
        }
    }

    // Other tests run beside these, and a test's own abandoned task is its own affair.
    private static bool IsOfClient(string line) =>
        line.Contains(" Dmex.Fast.", StringComparison.Ordinal)
        && !line.Contains(" Dmex.Fast.Tests.", StringComparison.Ordinal)
        && !line.Contains(" Dmex.Fast.Venue.", StringComparison.Ordinal);
}
