using System.Collections.Concurrent;
using Dmex.Fast.Connections;

namespace Dmex.Fast.Tests.Support;

/// <summary>Writes down what a connection set tells, in the order of telling.</summary>
internal sealed class RecordingSetSink : IConnectionSetSink
{
    /// <summary>One line for each: the incarnation, a space, and what was told of it.</summary>
    public ConcurrentQueue<string> Told { get; } = new();

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public ConcurrentQueue<(byte[] Payload, bool IsText)> Messages { get; } = new();

    /// <summary>Run while a change of state is told.</summary>
    public Action<VenueConnection, ConnectionState>? StateChanging { get; set; }

    public bool TryPrepare(VenueConnection connection, out Task preparing)
    {
        preparing = Task.CompletedTask;
        return false;
    }

    public void OnReady(VenueConnection connection) => Told.Enqueue($"{connection.Incarnation} ready");

    public void OnDown(VenueConnection connection, ConnectionLoss loss, bool wasReady, bool wasLast) =>
        Told.Enqueue($"{connection.Incarnation} down {loss.Kind} wasReady={wasReady} wasLast={wasLast}");

    public void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText) =>
        Messages.Enqueue((payload.ToArray(), isText));

    public void OnStateChanged(VenueConnection connection, ConnectionState state)
    {
        StateChanging?.Invoke(connection, state);
        Told.Enqueue($"{connection.Incarnation} {state}");
    }

    public void OnFault(Exception exception) => Faults.Enqueue(exception);
}
