using System.Collections.Concurrent;
using System.Diagnostics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>A call to the book that has returned. Times are ticks of <see cref="Stopwatch"/>.</summary>
internal sealed record ChaosBookCall(ChaosBookStep Step, long Begun, long Ended, ArmResult Armed, bool WasThere);

/// <summary>A panic that has begun.</summary>
/// <param name="Scope">What it covers.</param>
/// <param name="Begun">When it was called for.</param>
/// <param name="Ended">When the call returned.</param>
/// <param name="Report">Ends with its report.</param>
internal sealed record ChaosPanic(BookScope Scope, long Begun, long Ended, Task<PanicReport> Report);

/// <summary>
/// The book of a scenario, and everything that its owner was told: one thread arms and disarms while another panics and resets.
/// </summary>
internal sealed class ChaosBook : IDisposable
{
    private readonly ChaosBookPlan _plan;
    private readonly OrderHash[] _hashes;
    private readonly string? _folder;
    private readonly string _path = string.Empty;
    private readonly List<ChaosBookCall> _calls = [];
    private readonly ConcurrentQueue<ChaosPanic> _panics = new();
    private readonly ConcurrentQueue<(long Begun, long Ended)> _resets = new();

    public ChaosBook(ChaosBookPlan plan, OrderHash[] hashes, Uri endpoint, SigningKey key)
    {
        _plan = plan;
        _hashes = hashes;
        var options = new CancelBookOptions { Capacity = plan.Capacity, Endpoint = endpoint, WhenLatched = plan.WhenLatched };
        if (plan.InFile)
        {
            _folder = Directory.CreateTempSubdirectory("dmex-chaos-").FullName;
            _path = Path.Combine(_folder, "book");
            Book = CancelBook.CreateFile(_path, options, key);
        }
        else
        {
            Book = CancelBook.Create(options, key);
        }
    }

    public CancelBook Book { get; }

    /// <summary>By order, in the order of time. Complete when <see cref="ArmAsync"/> has ended.</summary>
    public ILookup<int, ChaosBookCall> Calls { get; private set; } = Array.Empty<ChaosBookCall>().ToLookup(call => call.Step.Order);

    public IReadOnlyCollection<ChaosPanic> Panics => _panics;

    public IReadOnlyCollection<(long Begun, long Ended)> Resets => _resets;

    /// <summary>The orders in the book at the end, by hash.</summary>
    public IReadOnlyDictionary<OrderHash, BookOrder> AtEnd { get; private set; } = new Dictionary<OrderHash, BookOrder>();

    /// <summary>Makes the calls that come before the client.</summary>
    public void Prepare()
    {
        foreach (var step in _plan.Steps.Where(step => step.AtMilliseconds < 0))
        {
            Do(step);
        }
    }

    public Task ArmAsync(long start) => ChaosRun.OnThread(() =>
    {
        foreach (var step in _plan.Steps.Where(step => step.AtMilliseconds >= 0))
        {
            ChaosRun.SleepUntil(start, step.AtMilliseconds);
            Do(step);
        }

        Calls = _calls.ToLookup(call => call.Step.Order);
    });

    public Task PanicAsync(DmexClient client, long start) => ChaosRun.OnThread(() =>
    {
        foreach (var trigger in _plan.Triggers)
        {
            ChaosRun.SleepUntil(start, trigger.AtMilliseconds);
            var begun = Stopwatch.GetTimestamp();
            if (trigger.Scope is { } scope)
            {
                var report = client.PanicAsync(scope, trigger.Options).AsTask();
                _panics.Enqueue(new ChaosPanic(scope, begun, Stopwatch.GetTimestamp(), report));
            }
            else
            {
                Book.Reset();
                _resets.Enqueue((begun, Stopwatch.GetTimestamp()));
            }
        }
    });

    /// <summary>The client is gone: ends the book, and says what is wrong with its file.</summary>
    public IEnumerable<string> End()
    {
        var problems = new List<string>();
        var isLatched = Book.IsLatched;
        AtEnd = Book.ListOrders(BookScope.All).ToDictionary(order => order.Hash);
        if (Book.StorageFailure is { } failure)
        {
            problems.Add($"The book's file failed: {failure}");
        }

        Book.Dispose();
        if (_folder is not null)
        {
            using var opened = CancelBook.OpenFile(_path);
            var found = opened.ListOrders(BookScope.All).Select(Recorded).ToHashSet();
            if (!found.SetEquals(AtEnd.Values.Select(Recorded)) || opened.IsLatched != isLatched || opened.Recovered.Torn != 0)
            {
                problems.Add($"The book held {AtEnd.Count} orders, latched {isLatched}, and its file has others: {opened.Recovered}.");
            }
        }

        return problems;
    }

    public void Dispose()
    {
        Book.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static (OrderHash Hash, ulong Tag, int Priority, bool Pending) Recorded(BookOrder order) =>
        (order.Hash, order.Tag, order.Priority, order.Pending);

    private void Do(ChaosBookStep step)
    {
        var hash = _hashes[step.Order];
        var begun = Stopwatch.GetTimestamp();
        var armed = ArmResult.None;
        var wasThere = false;
        switch (step.Deed)
        {
            case ChaosBookDeed.Arm:
                armed = Book.Arm(hash, step.Tag, step.Priority);
                break;
            case ChaosBookDeed.MarkLive:
                wasThere = Book.MarkLive(hash);
                break;
            case ChaosBookDeed.Disarm:
                wasThere = Book.Disarm(hash) == DisarmResult.Removed;
                break;
            default:
                wasThere = Book.Forget(hash);
                break;
        }

        _calls.Add(new ChaosBookCall(step, begun, Stopwatch.GetTimestamp(), armed, wasThere));
    }
}
