namespace Dmex.Fast.Bench.Gate;

/// <summary>What a guarded benchmark may cost: a line of budget.json.</summary>
internal sealed record BudgetLine
{
    /// <summary>The guarded benchmark.</summary>
    public required string Name { get; init; }

    /// <summary>The signing kernel that it is about; null where it is about none.</summary>
    public string? Kernel { get; init; }

    /// <summary>The bytes that one operation may allocate.</summary>
    public required long Bytes { get; init; }

    /// <summary>What its time is compared with; of several the one that is faster in the run.</summary>
    public required IReadOnlyList<string> Reference { get; init; }

    /// <summary>The time that it may take, as a multiple of the reference's.</summary>
    public required double Ratio { get; init; }

    /// <summary>The part by which a ratio exceeds the budget before it is a breach.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Measured by the full gate only: too slow for each change.</summary>
    public bool FullOnly { get; init; }

    /// <summary>Why these figures.</summary>
    public required string Reason { get; init; }
}
