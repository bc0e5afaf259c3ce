using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>
/// The orders of one way and what became of each. The arrays are made ahead of time, and every order has places of its own:
/// taking times down allocates nothing and never waits. Times are ticks of <see cref="System.Diagnostics.Stopwatch"/>,
/// 0 when something did not happen.
/// </summary>
internal sealed class CancelSamples(OrderHash[] orders)
{
    private readonly long[] _intended = new long[orders.Length];
    private readonly long[] _called = new long[orders.Length];
    private readonly long[] _written = new long[orders.Length];
    private readonly long[] _answered = new long[orders.Length];
    private int _unanswered;
    private int _confirmed;
    private int _sentAgain;
    private string? _firstFailure;

    /// <summary>The orders, in the order of their cancels.</summary>
    public OrderHash[] Orders => orders;

    /// <summary>How many cancels were begun.</summary>
    public int Count { get; private set; }

    /// <summary>How many are begun and not ended.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>How many were confirmed.</summary>
    public int Confirmed => Volatile.Read(ref _confirmed);

    /// <summary>How many copies were sent again.</summary>
    public int SentAgain => Volatile.Read(ref _sentAgain);

    /// <summary>The first cancel that was not confirmed, in words, or null.</summary>
    public string? FirstFailure => _firstFailure;

    /// <summary>What was allocated and collected while these cancels were under way.</summary>
    public HeapMeter Heap { get; } = new();

    /// <summary>When each cancel was to begin.</summary>
    public ReadOnlySpan<long> Intended => _intended.AsSpan(0, Count);

    /// <summary>When it began.</summary>
    public ReadOnlySpan<long> Called => _called.AsSpan(0, Count);

    /// <summary>When the kernel had its bytes.</summary>
    public ReadOnlySpan<long> Written => _written.AsSpan(0, Count);

    /// <summary>When the client knew the confirmation.</summary>
    public ReadOnlySpan<long> Answered => _answered.AsSpan(0, Count);

    /// <summary>Takes down that the next cancel begins. By the sending thread alone.</summary>
    public int Begin(long intended, long called)
    {
        var index = Count++;
        _intended[index] = intended;
        _called[index] = called;
        _ = Interlocked.Increment(ref _unanswered);
        return index;
    }

    /// <summary>When a cancel began.</summary>
    public long CalledAt(int index) => _called[index];

    /// <summary>Takes down when the kernel had the bytes of a cancel.</summary>
    public void Write(int index, long written) => _written[index] = written;

    /// <summary>Takes down how a cancel ended; once each, by any thread.</summary>
    public void End(int index, long answered, bool confirmed, int copies)
    {
        if (confirmed)
        {
            _answered[index] = answered;
            _ = Interlocked.Increment(ref _confirmed);
        }

        if (copies > 1)
        {
            _ = Interlocked.Add(ref _sentAgain, copies - 1);
        }

        _ = Interlocked.Decrement(ref _unanswered);
    }

    /// <summary>Keeps the words of the first failure.</summary>
    public void NoteFailure(string what) => _ = Interlocked.CompareExchange(ref _firstFailure, what, null);
}
