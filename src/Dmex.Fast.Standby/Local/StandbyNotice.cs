using System.Diagnostics;
using Dmex.Fast.Standby.Firing;

namespace Dmex.Fast.Standby.Local;

/// <summary>Something that a standby has to tell. An immutable value.</summary>
/// <param name="Kind">What.</param>
/// <param name="Message">The same in a sentence, for a log.</param>
public sealed record StandbyNotice(StandbyNoticeKind Kind, string Message)
{
    /// <summary>When, in ticks of <see cref="Stopwatch"/>, which all processes of a host share.</summary>
    public long Timestamp { get; init; } = Stopwatch.GetTimestamp();

    /// <summary>How many armed cancels the standby holds, or held when it fired.</summary>
    public int Orders { get; init; }

    /// <summary>The fence, where one was set.</summary>
    public StandbyFence? Fence { get; init; }

    /// <summary>Why it fired or would have.</summary>
    public StandbyTrigger Trigger { get; init; }

    /// <summary>The report, of a notice that brings one.</summary>
    public StandbyReport? Report { get; init; }
}
