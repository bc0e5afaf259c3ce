using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>The steps of the script: what callers, the book's owner and misfortune do.</content>
internal sealed partial class SimulatedWorld
{
    private void TakeStep()
    {
        if (_nextStep == _scenario.Steps.Length)
        {
            Heal();
            return;
        }

        var step = _scenario.Steps[_nextStep++];
        Trace?.Add($"{Time()} {step.Kind} {step.A} {step.B}");
        var order = _orders[Math.Clamp(step.A, 0, _scenario.Orders - 1)];
        switch (step.Kind)
        {
            case StepKind.Create:
                order.OpenFrom = Math.Min(order.OpenFrom, Now + (step.B * Scenario.Microsecond));
                break;
            case StepKind.MarkLive:
                order.IsKnownLive |= order.OpenFrom <= Now;
                break;
            case StepKind.Cancel:
                Cancel(order, step.B == 0 ? long.MaxValue : Now + (step.B * Scenario.Millisecond));
                break;
            case StepKind.EndWait:
                EndWait(order);
                break;
            case StepKind.Abandon:
                Abandon(order);
                break;
            case StepKind.Arm or StepKind.Retag or StepKind.Disarm or StepKind.Forget:
                TakeBookStep(step, order);
                break;
            case StepKind.Fill:
                if (order.OpenFrom <= Now)
                {
                    order.Close(GoneReason.Filled, Now);
                }

                break;
            case StepKind.Read:
                BeginRead(step.B * Scenario.Millisecond);
                break;
            case StepKind.Panic:
                StartPanic(step.A, (PanicFlags)step.B);
                break;
            case StepKind.ReleaseLatches:
                ReleaseLatches();
                break;
            default:
                TakeFaultStep(step, order);
                break;
        }
    }

    private void TakeFaultStep(in Step step, SimulatedOrder order)
    {
        var until = Now + (step.B * Scenario.Millisecond);
        switch (step.Kind)
        {
            case StepKind.Lose:
                Lose(step.A, step.B * Scenario.Millisecond);
                break;
            case StepKind.Stall:
                _connections[step.A].StalledUntil = until;
                Schedule(until, EventKind.Resume, step.A);
                break;
            case StepKind.Silence:
                _connections[step.A].SilentUntil = until;
                break;
            case StepKind.Mode:
                _venue.Enter((VenueMode)step.A, until);
                break;
            case StepKind.Throttle:
                _oracle.Throttled(TimeSpan.FromMilliseconds(step.B));
                _tracker.Throttled(TimeSpan.FromMilliseconds(step.B), Now);
                break;
            case StepKind.Say:
                _venue.Say(order, (ReplyKind)step.B);
                break;
            default:
                _heldUntil = until;
                break;
        }
    }

    private void TakeBookStep(in Step step, SimulatedOrder order)
    {
        _oracle.Touch(order);
        var slot = _book.SlotOf(order);
        if (step.Kind == StepKind.Arm)
        {
            _ = _book.TryArm(order, step.B);
        }
        else if (slot >= 0 && step.Kind == StepKind.Forget)
        {
            Forget(order, slot);
        }
        else if (slot >= 0 && _book.State[slot] == SlotState.Armed)
        {
            if (step.Kind == StepKind.Retag)
            {
                _book.Retag(slot, step.B);
            }
            else
            {
                _book.Remove(slot);
            }
        }
    }

    /// <summary>The book's owner takes an order out, and the tracker is not told.</summary>
    private void Forget(SimulatedOrder order, int slot)
    {
        if (_tracker.FindFired(slot, _book.Generation[slot]) is { Stage: CancelStage.Open } fired)
        {
            _oracle.Forgotten(order, isFoundByHash: fired.IsMapped);
        }

        _book.Remove(slot);
    }

    private void Cancel(SimulatedOrder order, long due)
    {
        if (_freeWait is not { } wait)
        {
            return;
        }

        wait.Wait.Due = due;
        var open = FindOpen(order);
        bool isAccepted;
        if (open is not null)
        {
            _oracle.Joining(order, open);
            isAccepted = _tracker.TryJoin(open, wait.Wait, Now, _effects);
        }
        else
        {
            isAccepted = _tracker.TryAccept(order.Hash, default, wait.Wait, Now, _effects);
            if (isAccepted)
            {
                _oracle.Accepted(order, _tracker.Find(order.Hash)!);
            }
        }

        _oracle.Touch(order);
        _oracle.Asked(order, isAccepted, isJoined: open is not null);
        if (isAccepted)
        {
            _freeWait = wait.Next;
            wait.Next = order.FirstWait;
            wait.Due = due;
            wait.Order = order;
            (wait.Cancel, wait.Generation) = (order.Cancel, order.Generation);
            order.FirstWait = wait;
            order.HasCaller = true;
        }
    }

    private void EndWait(SimulatedOrder order)
    {
        if (order.FirstWait is not { } wait)
        {
            return;
        }

        _oracle.Touch(order);
        if (!_tracker.EndWait(wait.Wait))
        {
            _oracle.Fail(order, "a wait that was not told could not be ended");
        }

        Free(wait);
    }

    private void Abandon(SimulatedOrder order)
    {
        if (FindOpen(order) is { } cancel)
        {
            _oracle.GivingUp(order);
            _tracker.Abandon(cancel, Now, _effects);
        }
    }

    /// <summary>
    /// Faults end: the venue answers, every connection is up, and where nothing else finds a lost copy out, has a new life.
    /// </summary>
    private void Heal()
    {
        Trace?.Add($"{Time()} all faults end");
        _isHealed = true;
        HealedAt = Now;
        _heldUntil = 0;
        _venue.Heal();
        for (var id = 1; id <= _scenario.Connections; id++)
        {
            var connection = _connections[id];
            connection.SilentUntil = 0;
            connection.StalledUntil = 0;
            Schedule(Now, EventKind.Resume, id);
            if (_scenario.Options.AckTimeout == long.MaxValue)
            {
                Lose(id, Scenario.Millisecond);
            }
        }

        _oracle.Healed();
    }

    private string Time() => $"{(Now - Scenario.Start) / (double)Scenario.Millisecond,11:0.000} ms ";

    private void ResetWaits()
    {
        if (_waitOf.Count == 0)
        {
            for (var i = 0; i < MaxWaits; i++)
            {
                var wait = new SimulatedWait { Wait = new CancelWait(this, _ => { }) };
                _waitOf.Add(wait.Wait, wait);
            }
        }

        _freeWait = null;
        foreach (var wait in _waitOf.Values)
        {
            wait.Order = null;
            wait.Next = _freeWait;
            _freeWait = wait;
            Clear(wait.Wait);
        }
    }

    private void Free(SimulatedWait wait)
    {
        var order = wait.Order!;
        if (order.FirstWait == wait)
        {
            order.FirstWait = wait.Next;
        }
        else
        {
            var before = order.FirstWait!;
            while (before.Next != wait)
            {
                before = before.Next!;
            }

            before.Next = wait.Next;
        }

        wait.Order = null;
        wait.Next = _freeWait;
        _freeWait = wait;
        Clear(wait.Wait);
        _oracle.Waits--;
    }

    private static void Clear(CancelWait wait)
    {
        wait.Cancel = null;
        wait.Next = null;
        wait.Previous = null;
        wait.Decided = default;
        wait.HeapIndex = -1;
    }
}
