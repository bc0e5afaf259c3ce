namespace Dmex.Fast.Bench.Gate;

/// <summary>What the gate found about one guarded benchmark.</summary>
internal sealed record GateResult(BudgetLine Line, Verdict Verdict)
{
    /// <summary>The comparison of times that was decisive; null when nothing was timed.</summary>
    public Comparison? Time { get; init; }

    /// <summary>The median time of an operation in nanoseconds.</summary>
    public double Nanoseconds { get; init; }

    /// <summary>The median time of the reference's.</summary>
    public double ReferenceNanoseconds { get; init; }

    /// <summary>The reference that was the faster one.</summary>
    public string? Reference { get; init; }

    /// <summary>Bytes that an operation allocated; null when nothing was measured.</summary>
    public double? Bytes { get; init; }

    /// <summary>How often it was measured.</summary>
    public int Attempts { get; init; }

    /// <summary>What is wrong or missing, in words; null when nothing is.</summary>
    public string? Why { get; init; }

    /// <summary>Whether it is a library that is missing, which a build server must have.</summary>
    public bool LacksLibrary { get; init; }
}
