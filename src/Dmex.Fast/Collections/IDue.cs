namespace Dmex.Fast.Collections;

/// <summary>Something that falls due: its place in a <see cref="DueHeap{T}"/>.</summary>
internal interface IDue
{
    /// <summary>When, in ticks of <see cref="System.Diagnostics.Stopwatch"/>; not changed while in a heap.</summary>
    long Due { get; }

    /// <summary>The place in the heap; −1 outside.</summary>
    int HeapIndex { get; set; }
}
