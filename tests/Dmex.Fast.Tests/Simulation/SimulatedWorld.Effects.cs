using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>What the tracker has decided, carried out as the engine does.</content>
internal sealed partial class SimulatedWorld
{
    private void CarryOut()
    {
        while (_effects.TakeDecided() is { } decided)
        {
            var wait = _waitOf[decided];
            if (wait.Order is null)
            {
                _oracle.Fail(null, $"a caller was told {decided.Decided} that had been told before, or does not wait");
            }

            Trace?.Add($"{Time()}   told: order {wait.Order!.Index} {decided.Decided} after {decided.Decided.Attempts} attempts");
            _oracle.Told(wait, decided.Decided);
            Free(wait);
        }

        for (var i = 0; i < _effects.Changes.Count; i++)
        {
            Trace?.Add($"{Time()}   changed: order {OrderOf(_effects.Changes[i].Hash).Index} {_effects.Changes[i].Previous} -> {_effects.Changes[i].Current}");
            _oracle.Changed(_effects.Changes[i]);
        }

        for (var i = 0; i < _effects.Settled.Count; i++)
        {
            var settled = _effects.Settled[i];
            var order = OrderOf(settled.Hash);
            Trace?.Add($"{Time()}   settled: order {order.Index} {settled.Kind}");
            _oracle.Settled(order, settled);
            Settle(order, settled);
        }

        for (var i = 0; i < _effects.Copies.Count; i++)
        {
            var copy = _effects.Copies[i];
            var order = OrderOf(copy.Hash);
            Trace?.Add($"{Time()}   send: order {order.Index} on connection {copy.ConnectionId}");
            _oracle.Decided(order, copy);
            var which = Place(order, copy.Cancel, copy.Generation, copy.ConnectionId, copy.Incarnation);
            _copies[which].Decided = copy;
            Schedule(Now + HandOverDelay(order), EventKind.HandOver, which);
        }

        _effects.Clear();
    }

    private void Settle(SimulatedOrder order, in SettledOrder settled)
    {
        var slot = _book.SlotOf(order);
        var isStay = slot >= 0 && settled.Slot == slot && settled.SlotGeneration == _book.Generation[slot];
        if (!isStay && settled.Keeper is { } keeper && keeper.Hash == order.Hash)
        {
            _tracker.ForgetSettled(keeper); // the book has no signature for it
        }

        if (slot < 0)
        {
            return;
        }

        if (settled.IsByAbsence && !isStay && (settled.Slot >= 0 || !IsKnownLive(order)))
        {
            return; // that the venue does not have it says nothing of what was armed since
        }

        if (settled.Kind != CancelOutcomeKind.Rejected)
        {
            if (_tracker.FindFired(slot, _book.Generation[slot]) is { Stage: CancelStage.Open })
            {
                _oracle.Fail(order, "it leaves the book by the end of another cancel, while its own is open");
            }

            _book.Remove(slot);
        }
        else if (_book.State[slot] == SlotState.Fired && isStay)
        {
            _book.State[slot] = SlotState.Rejected;
        }
    }

    /// <summary>Mostly at once; now and then the deciding thread is held up before it hands the copy over.</summary>
    private long HandOverDelay(SimulatedOrder order)
    {
        if (_isHealed || !Random.Chance(40, order.Index, order.Copies, Draw.HandOverIsLate))
        {
            return 0;
        }

        return Random.Below(300_000, order.Index, order.Copies, Draw.HandOverDelay) * Scenario.Microsecond;
    }
}
