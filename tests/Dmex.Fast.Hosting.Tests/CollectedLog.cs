using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(EventId, string)> _events = new();

    public IReadOnlyList<(EventId Id, string Text)> Events => [.. _events];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _events.Enqueue((eventId, formatter(state, exception) + exception));

    public void Dispose()
    {
    }
}
