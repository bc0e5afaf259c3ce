namespace Dmex.Fast.Connections;

/// <content>Those who wait for room, and the pool of operations. Everything under the queue's lock.</content>
internal sealed partial class SendQueue
{
    private SendOperation? _firstParked;
    private SendOperation? _lastParked;
    private int _parkedCount;
    private int _sweepAt = MinSweep;
    private SendOperation? _freeOperations;

    /// <summary>Takes an operation back into the pool.</summary>
    internal void GiveBack(SendOperation operation)
    {
        operation.Observer = null;
        operation.State = null;
        operation.Decided = default;
        lock (_lock)
        {
            operation.Next = _freeOperations;
            _freeOperations = operation;
        }
    }

    private SendOperation Rent(ISendObserver? observer, object? state, uint generation)
    {
        var operation = _freeOperations;
        if (operation is null)
        {
            operation = new SendOperation(this, _fault);
        }
        else
        {
            _freeOperations = operation.Next;
            operation.Next = null;
        }

        operation.Observer = observer;
        operation.State = state;
        operation.Generation = generation;
        return operation;
    }

    private void Park(SendOperation operation, ReadOnlySpan<byte> frame, ReadOnlyMemory<byte> lent)
    {
        if (lent.IsEmpty)
        {
            operation.KeepFrame(frame);
        }
        else
        {
            operation.Borrow(lent);
        }

        operation.Parked = true;
        operation.Previous = _lastParked;
        operation.Next = null;
        if (_lastParked is null)
        {
            _firstParked = operation;
        }
        else
        {
            _lastParked.Next = operation;
        }

        _lastParked = operation;
        _parkedCount++;
    }

    private void Unpark(SendOperation operation)
    {
        if (operation.Previous is null)
        {
            _firstParked = operation.Next;
        }
        else
        {
            operation.Previous.Next = operation.Next;
        }

        if (operation.Next is null)
        {
            _lastParked = operation.Previous;
        }
        else
        {
            operation.Next.Previous = operation.Previous;
        }

        operation.Parked = false;
        operation.Next = null;
        operation.Previous = null;
        _parkedCount--;
    }

    /// <summary>
    /// Moves frames that waited into the buffer that is filling now, first come first served. Those that are not wanted any more are
    /// left out and returned.
    /// </summary>
    private SendOperation? AdmitParked()
    {
        SendOperation? unwanted = null;
        while (_firstParked is { } operation)
        {
            if (!operation.IsWanted)
            {
                TakeOut(operation, ref unwanted, NotSentReason.Withdrawn);
                continue;
            }

            if (_filled + operation.Frame.Length > _capacity)
            {
                break;
            }

            operation.Frame.CopyTo(_filling.AsSpan(_filled));
            _filled += operation.Frame.Length;
            Unpark(operation);
            operation.DropFrame();
            operation.Next = _fillingOperations;
            _fillingOperations = operation;
        }

        return unwanted;
    }

    /// <summary>
    /// Takes out the frames that are not wanted any more, once twice as many wait as the last sweep left: a connection that takes no
    /// bytes keeps no more frames than about twice those that are wanted, at a constant cost per frame.
    /// </summary>
    private SendOperation? SweepParked()
    {
        SendOperation? unwanted = null;
        if (_parkedCount > _sweepAt)
        {
            for (var operation = _firstParked; operation is not null;)
            {
                var next = operation.Next;
                if (!operation.IsWanted)
                {
                    TakeOut(operation, ref unwanted, NotSentReason.Withdrawn);
                }

                operation = next;
            }

            _sweepAt = Math.Max(MinSweep, 2 * _parkedCount);
        }

        return unwanted;
    }

    private void TakeOut(SendOperation operation, ref SendOperation? taken, NotSentReason reason)
    {
        Unpark(operation);
        operation.DropFrame();
        operation.Decided = NotSent(reason);
        operation.Next = taken;
        taken = operation;
    }

    /// <summary>Takes out everything that was not passed to the pipe, decided as not sent.</summary>
    private SendOperation? TakeUnsent()
    {
        // Nothing is appended after a drop, so the first one tells a flusher whether its own frame was among them.
        _droppedBatch = Math.Min(_droppedBatch, _fillingBatch++);
        var unsent = _fillingOperations;
        _fillingOperations = null;
        _filled = 0;
        for (var operation = unsent; operation is not null; operation = operation.Next)
        {
            operation.Decided = NotSent(NotSentReason.NotConnected);
        }

        while (_firstParked is { } operation)
        {
            TakeOut(operation, ref unsent, NotSentReason.NotConnected);
        }

        return unsent;
    }
}
