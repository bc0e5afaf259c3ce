namespace Dmex.Fast.Book;

/// <summary>
/// The armed orders of each priority by age, in linked lists over the slots: kept only where the oldest may be replaced.
/// Constant time; not thread-safe.
/// </summary>
internal sealed class BookAges
{
    private const int None = -1;

    private readonly int[] _newer;
    private readonly int[] _older;
    private readonly int[] _oldest = new int[CancelBook.Priorities];
    private readonly int[] _newest = new int[CancelBook.Priorities];

    public BookAges(int capacity)
    {
        _newer = new int[capacity];
        _older = new int[capacity];
        Array.Fill(_oldest, None);
        Array.Fill(_newest, None);
    }

    /// <summary>The oldest of the lowest priority that has any, down to <paramref name="priority"/> itself; or -1.</summary>
    public int Oldest(int priority)
    {
        for (var other = CancelBook.Priorities - 1; other >= priority; other--)
        {
            if (_oldest[other] != None)
            {
                return _oldest[other];
            }
        }

        return None;
    }

    /// <summary>Adds a slot as the newest of its priority.</summary>
    public void Add(int slot, int priority)
    {
        var newest = _newest[priority];
        _older[slot] = newest;
        _newer[slot] = None;
        _newest[priority] = slot;
        if (newest == None)
        {
            _oldest[priority] = slot;
        }
        else
        {
            _newer[newest] = slot;
        }
    }

    /// <summary>Removes a slot that is in.</summary>
    public void Remove(int slot, int priority)
    {
        var newer = _newer[slot];
        var older = _older[slot];
        if (older == None)
        {
            _oldest[priority] = newer;
        }
        else
        {
            _newer[older] = newer;
        }

        if (newer == None)
        {
            _newest[priority] = older;
        }
        else
        {
            _older[newer] = older;
        }
    }
}
