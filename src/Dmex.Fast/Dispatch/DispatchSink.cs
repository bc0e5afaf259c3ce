using System.Diagnostics;
using Dmex.Fast.Diagnostics;

namespace Dmex.Fast.Dispatch;

/// <summary>What a <see cref="CancelDispatcher"/> tells, on whatever thread brought the event: each must only hand on.</summary>
internal sealed class DispatchSink
{
    /// <summary>Makes sure that <see cref="CancelDispatcher.Tick"/> is called by a time, in ticks of <see cref="Stopwatch"/>.</summary>
    public required Action<long> WakeBy { get; init; }

    /// <summary>An outcome changed after somebody was told otherwise.</summary>
    public required Action<OutcomeChangedEventArgs> Changed { get; init; }

    /// <summary>User code threw: a continuation, or the caller's context.</summary>
    public required Action<Exception> Failed { get; init; }

    /// <summary>A panic's report may be due, or a batch of frames is free again.</summary>
    public Action PanicProgressed { get; set; } = static () => { };

    /// <summary>Counts what happens; null counts nothing.</summary>
    public ClientMetrics? Metrics { get; init; }

    /// <summary>It is known what became of a copy, or of a batch of them.</summary>
    public required SentHandler CopySent { get; init; }
}
