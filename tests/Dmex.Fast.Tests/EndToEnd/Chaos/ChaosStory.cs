using System.Collections.Concurrent;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>One call and its end.</summary>
internal sealed record ChaosWait(int Order, long Begun, int TimeoutMilliseconds, Task<CancelOutcome> Task);

/// <summary>Something that the client said of an order: to a waiting caller, or by its event, then with what it had said before.</summary>
internal sealed record ChaosStatement(int Order, CancelOutcome Outcome, CancelOutcome? Previous)
{
    public override string ToString() =>
        $"{(Previous is { } previous ? $"event: {previous} ({previous.Attempts} sent) -> " : "told: ")}{Outcome} ({Outcome.Attempts} "
        + $"sent, connection {Outcome.ConnectionId}, accepted {Outcome.AcceptedTimestamp}, resolved {Outcome.ResolvedTimestamp})";
}

/// <summary>All that the client said in a scenario. Thread-safe.</summary>
internal sealed class ChaosStory
{
    private readonly Dictionary<OrderHash, int> _orders;
    private readonly ConcurrentQueue<ChaosStatement> _events = new();
    private readonly ConcurrentQueue<ChaosWait> _waits = new();
    private readonly ConcurrentQueue<ConnectionLoss> _losses = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<int, bool> _abandoned = new();
    private int _unrecognized;

    public ChaosStory(OrderHash[] hashes) =>
        _orders = hashes.Select((hash, i) => (hash, i)).ToDictionary(pair => pair.hash, pair => pair.i);

    public IEnumerable<ChaosWait> Waits => _waits;

    public IEnumerable<ConnectionLoss> Losses => _losses;

    /// <summary>What must not happen at all: a handler or the classifier that threw.</summary>
    public IEnumerable<string> Failures => _failures;

    public int Unrecognized => _unrecognized;

    /// <summary>Orders whose cancel was given up while unresolved.</summary>
    public ICollection<int> Abandoned => _abandoned.Keys;

    public void Listen(DmexClient client)
    {
        client.OutcomeChanged += (_, e) =>
        {
            if (_orders.TryGetValue(e.Hash, out var order))
            {
                _events.Enqueue(new ChaosStatement(order, e.Current, e.Previous));
            }
            else
            {
                _failures.Enqueue($"An event named order {e.Hash}, which nobody asked about.");
            }
        };
        client.ConnectionLost += (_, e) => _losses.Enqueue(e.Loss);
        client.HandlerFailed += (_, e) => _failures.Enqueue($"A handler failed: {e.Exception}");
        client.RepliesUnrecognized += (_, _) => Interlocked.Increment(ref _unrecognized);
    }

    public void Add(ChaosWait wait) => _waits.Enqueue(wait);

    public void Abandon(int order) => _abandoned[order] = true;

    /// <summary>What was said up to now.</summary>
    public ILookup<int, ChaosStatement> Statements() => _waits
        .Where(wait => wait.Task.IsCompletedSuccessfully)
        .Select(wait => new ChaosStatement(wait.Order, wait.Task.Result, null))
        .Concat(_events)
        .ToLookup(statement => statement.Order);
}
