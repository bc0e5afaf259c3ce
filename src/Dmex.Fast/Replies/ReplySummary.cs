using System.Runtime.InteropServices;

namespace Dmex.Fast;

/// <summary>What a classifier made of one message. An immutable value.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ReplySummary
{
    /// <summary>How many verdicts the sink was told.</summary>
    public int Count { get; init; }

    /// <summary>What the message says as a whole; <see cref="ReplySignal.None"/> as soon as it has any verdict.</summary>
    public ReplySignal Signal { get; init; }

    /// <summary>How long the venue asks to wait, when <see cref="Signal"/> is Throttled or Busy and it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
