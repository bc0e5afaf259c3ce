namespace Dmex.Fast.Tracking;

/// <summary>The waits for room in the table, first come first served. Not thread-safe.</summary>
internal sealed class WaitList
{
    private CancelWait? _last;

    public CancelWait? First { get; private set; }

    public int Count { get; private set; }

    public bool IsEmpty => First is null;

    public void AddLast(CancelWait wait)
    {
        wait.WaitsForRoom = true;
        wait.Previous = _last;
        wait.Next = null;
        if (_last is null)
        {
            First = wait;
        }
        else
        {
            _last.Next = wait;
        }

        _last = wait;
        Count++;
    }

    public void Remove(CancelWait wait)
    {
        if (wait.Previous is null)
        {
            First = wait.Next;
        }
        else
        {
            wait.Previous.Next = wait.Next;
        }

        if (wait.Next is null)
        {
            _last = wait.Previous;
        }
        else
        {
            wait.Next.Previous = wait.Previous;
        }

        wait.WaitsForRoom = false;
        wait.Next = null;
        wait.Previous = null;
        Count--;
    }
}
