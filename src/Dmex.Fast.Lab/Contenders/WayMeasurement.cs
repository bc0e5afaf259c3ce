using System.Diagnostics;
using Dmex.Fast.Lab.Hosts;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>
/// What one way of canceling cost, gathered over its blocks. Recording allocates nothing: the arrays are made ahead of
/// time. Bytes and collections are those of the whole process between the start and the end of each block, so they count
/// every thread. Not thread-safe; a block is recorded by one flow of control.
/// </summary>
internal sealed class WayMeasurement
{
    private readonly long[] _send;
    private readonly long[] _confirm;
    private readonly HeapMeter _heap = new();

    /// <summary>Makes room for the samples.</summary>
    /// <param name="orders">How many cancels will be recorded at most.</param>
    public WayMeasurement(int orders)
    {
        _send = new long[orders];
        _confirm = new long[orders];
    }

    /// <summary>How many cancels were recorded.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them the venue confirmed.</summary>
    public int Confirmed { get; private set; }

    /// <summary>Bytes allocated on the managed heap while cancels were measured.</summary>
    public long AllocatedBytes => _heap.AllocatedBytes;

    /// <summary>Collections by generation while cancels were measured; a collection counts once, at its own generation.</summary>
    public IReadOnlyList<int> Collections => _heap.Collections;

    /// <summary>From the call to the moment the kernel had the bytes, in <see cref="Stopwatch"/> ticks.</summary>
    public ReadOnlySpan<long> SendTicks => _send.AsSpan(0, Count);

    /// <summary>From the call to the moment the caller knew the answer, in <see cref="Stopwatch"/> ticks.</summary>
    public ReadOnlySpan<long> ConfirmTicks => _confirm.AsSpan(0, Count);

    /// <summary>The first cancel that was not confirmed, in words, or null.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Begins a block: what is allocated from here on counts.</summary>
    public void BeginBlock() => _heap.BeginBlock();

    /// <summary>Takes down one cancel; the three times are <see cref="Stopwatch"/> time stamps.</summary>
    public void Record(long called, long written, long answered, bool confirmed)
    {
        _send[Count] = written - called;
        _confirm[Count] = answered - called;
        Count++;
        Confirmed += confirmed ? 1 : 0;
    }

    /// <summary>Ends the block.</summary>
    public void EndBlock() => _heap.EndBlock();

    /// <summary>Keeps the words of the first failure; outside of what is measured it may allocate.</summary>
    public void NoteFailure(string what) => FirstFailure ??= what;
}
