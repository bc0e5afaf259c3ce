namespace Dmex.Fast.Lab.Hosts;

/// <summary>
/// What the whole process allocated and collected over some blocks of work, so that every thread counts. Metering allocates
/// nothing. Not thread-safe.
/// </summary>
internal sealed class HeapMeter
{
    private readonly int[] _collections = new int[GC.MaxGeneration + 1];
    private readonly int[] _collectionsAtStart = new int[GC.MaxGeneration + 1];
    private long _bytesAtStart;

    /// <summary>Bytes allocated on the managed heap within the blocks.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Collections by generation within the blocks; a collection counts once, at its own generation.</summary>
    public IReadOnlyList<int> Collections => _collections;

    /// <summary>Begins a block: what is allocated from here on counts.</summary>
    public void BeginBlock()
    {
        for (var generation = 0; generation < _collections.Length; generation++)
        {
            _collectionsAtStart[generation] = GC.CollectionCount(generation);
        }

        _bytesAtStart = GC.GetTotalAllocatedBytes(precise: true);
    }

    /// <summary>Ends the block.</summary>
    public void EndBlock()
    {
        AllocatedBytes += GC.GetTotalAllocatedBytes(precise: true) - _bytesAtStart;
        var older = 0;
        for (var generation = _collections.Length - 1; generation >= 0; generation--)
        {
            // The runtime counts a collection of a generation for every younger one too.
            var counted = GC.CollectionCount(generation) - _collectionsAtStart[generation];
            _collections[generation] += counted - older;
            older = counted;
        }
    }
}
