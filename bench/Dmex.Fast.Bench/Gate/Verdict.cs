namespace Dmex.Fast.Bench.Gate;

/// <summary>What became of a guarded benchmark.</summary>
internal enum Verdict
{
    /// <summary>Within the budget.</summary>
    Passed,

    /// <summary>The machine was too restless to say; neither passed nor failed.</summary>
    Inconclusive,

    /// <summary>This machine lacks what it needs; neither passed nor failed.</summary>
    NotMeasured,

    /// <summary>Over the budget, twice.</summary>
    Breach,
}
