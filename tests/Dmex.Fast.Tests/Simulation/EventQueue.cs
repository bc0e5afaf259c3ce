namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// What falls due in virtual time, earliest first; what is due at the same time in the order in which it was added. Not thread-safe.
/// </summary>
internal sealed class EventQueue
{
    private (long At, long Number, EventKind Kind, int Which)[] _items = new (long, long, EventKind, int)[256];
    private long _number;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>When the next is due; <see cref="long.MaxValue"/> for never.</summary>
    public long NextAt => Count == 0 ? long.MaxValue : _items[0].At;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Count = 0;
        _number = 0;
    }

    /// <summary>Adds an event.</summary>
    public void Add(long at, EventKind kind, int which)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        var item = (At: at, Number: _number++, Kind: kind, Which: which);
        var index = Count++;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_items[parent].At < at || (_items[parent].At == at && _items[parent].Number < item.Number))
            {
                break;
            }

            _items[index] = _items[parent];
            index = parent;
        }

        _items[index] = item;
    }

    /// <summary>Takes the next event out, of which there must be one.</summary>
    public (EventKind Kind, int Which) Take()
    {
        var first = _items[0];
        var last = _items[--Count];
        var index = 0;
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsBefore(_items[child + 1], _items[child]))
            {
                child++;
            }

            if (IsBefore(last, _items[child]))
            {
                break;
            }

            _items[index] = _items[child];
            index = child;
        }

        _items[index] = last;
        return (first.Kind, first.Which);
    }

    private static bool IsBefore(
        in (long At, long Number, EventKind Kind, int Which) one, in (long At, long Number, EventKind Kind, int Which) other) =>
        one.At < other.At || (one.At == other.At && one.Number < other.Number);
}
