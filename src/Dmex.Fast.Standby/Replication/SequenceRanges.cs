namespace Dmex.Fast.Standby.Replication;

/// <summary>Which sequences came: all up to a watermark, and ranges above it. Not thread-safe.</summary>
internal sealed class SequenceRanges
{
    /// <summary>More gaps than this are not kept apart: the ranges above are forgotten, and come again.</summary>
    private const int MaxRanges = 4096;

    private readonly List<SequenceRange> _above = [];

    /// <summary>Every sequence up to this one came.</summary>
    public ulong Watermark { get; private set; }

    /// <summary>The highest that came.</summary>
    public ulong Highest => _above.Count == 0 ? Watermark : _above[^1].Last;

    /// <summary>Whether something is missing below what came.</summary>
    public bool HasGap => _above.Count > 0;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _above.Clear();
        Watermark = 0;
    }

    /// <summary>Whether a whole range came before.</summary>
    public bool Contains(SequenceRange range)
    {
        if (range.Last <= Watermark)
        {
            return true;
        }

        var at = IndexOf(range.First);
        return at < _above.Count && _above[at].First <= range.First && range.Last <= _above[at].Last;
    }

    /// <summary>A range came.</summary>
    public void Add(SequenceRange range)
    {
        if (range.Last <= Watermark || range.Last < range.First)
        {
            return;
        }

        // The first range that touches or follows it, and the one after the last that touches it.
        var from = IndexOf(range.First - 1);
        var to = from;
        var merged = range;
        while (to < _above.Count && _above[to].First <= merged.Last + 1)
        {
            merged = new SequenceRange(Math.Min(merged.First, _above[to].First), Math.Max(merged.Last, _above[to].Last));
            to++;
        }

        _above.RemoveRange(from, to - from);
        if (merged.First <= Watermark + 1)
        {
            Watermark = merged.Last;
        }
        else
        {
            _above.Insert(from, merged);
        }

        if (_above.Count > MaxRanges)
        {
            _above.RemoveRange(MaxRanges, _above.Count - MaxRanges);
        }
    }

    /// <summary>Nothing up to a sequence is missing any more.</summary>
    public void Raise(ulong floor)
    {
        if (floor > Watermark)
        {
            Add(new SequenceRange(Watermark + 1, floor));
        }
    }

    /// <summary>What is missing up to a sequence, lowest first.</summary>
    /// <param name="upTo">The highest that exists.</param>
    /// <param name="missing">Receives as many ranges as fit.</param>
    /// <returns>How many.</returns>
    public int Missing(ulong upTo, Span<SequenceRange> missing)
    {
        var count = 0;
        var next = Watermark + 1;
        foreach (var range in _above)
        {
            if (count < missing.Length && next < range.First)
            {
                missing[count++] = new SequenceRange(next, range.First - 1);
            }

            next = range.Last + 1;
        }

        if (count < missing.Length && next <= upTo)
        {
            missing[count++] = new SequenceRange(next, upTo);
        }

        return count;
    }

    /// <summary>The index of the first range that does not end below a sequence.</summary>
    private int IndexOf(ulong sequence)
    {
        var low = 0;
        var high = _above.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_above[middle].Last < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
