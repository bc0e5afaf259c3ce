using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>The venue's list of open orders: read now and then while there are faults, and as long as it is wanted after them.</content>
internal sealed partial class SimulatedWorld
{
    private static readonly long FirstPause = 300 * Scenario.Millisecond;
    private static readonly long MaxPause = 5000 * Scenario.Millisecond;

    private HashSet<OrderHash>? _listedBefore;
    private long _readBeganAt;
    private long _pause;
    private bool _isReading;
    private int _reads;

    /// <summary>The cancel of an order that the tracker knows, open or remembered; null for none.</summary>
    public TrackedCancel? FindAny(SimulatedOrder order) => Find(order);

    private void BeginRead(long duration)
    {
        if (_scenario.Options.ListLag is not null && !_isReading)
        {
            _isReading = true;
            _readBeganAt = Now;
            Schedule(Now + duration, EventKind.EndRead, 0);
        }
    }

    /// <summary>As the engine does: while anything is unresolved, or told by one witness alone.</summary>
    private void ReadOn()
    {
        if (_isHealed && !_isReading && _tracker.WantsList)
        {
            _isReading = true;
            Schedule(Now + _pause, EventKind.BeginRead, 0);
            _pause = Math.Min(MaxPause, _pause * 5 / 4);
        }
    }

    private void EndRead()
    {
        _isReading = false;
        var number = _reads++;
        if (!_isHealed && Random.Chance(_scenario.ListFaultsPerMille, 0, number, Draw.ListFails))
        {
            Trace?.Add($"{Time()} the list could not be read");
            return;
        }

        var read = new ListRead(_readBeganAt, Now, [], _listedBefore);
        var lies = !_isHealed && Random.Chance(_scenario.ListFaultsPerMille, 1, number, Draw.ListFails);
        var lag = (int)(_scenario.Options.ListLag!.Value / Scenario.Microsecond);
        var late = Random.Below(lies ? 5_000_000 : lag + 1, 2, number, Draw.ListLag) * Scenario.Microsecond;
        foreach (var order in Orders)
        {
            var isListed = order.WasOpenAt(_readBeganAt - late) && !(lies && Random.Chance(100, order.Index, number, Draw.ListOmits));
            if (isListed || (lies && Random.Chance(50, order.Index, number, Draw.ListInvents)))
            {
                _ = read.Open.Add(order.Hash);
            }
        }

        Trace?.Add($"{Time()} the list has {string.Join(", ", read.Open.Select(hash => OrderOf(hash).Index).Order())}{(lies ? " (it lies)" : string.Empty)}");
        _oracle.Comparing(read);
        for (var cursor = 0; _tracker.Compare(read, ref cursor, max: 50, Now, _effects);)
        {
            // The engine lets go of its lock in between.
        }

        _listedBefore = read.Open;
    }

    private void ResetReads()
    {
        _isReading = false;
        _listedBefore = null;
        _pause = FirstPause;
        _reads = 0;
    }
}
