using Dmex.Fast.Lab.Latency;



namespace Dmex.Fast.Bench.Gate;

/// <summary>What a run of the gate does.</summary>
internal sealed record GateOptions
{
    /// <summary>Fewer rounds, and without the lines that are for the full gate only.</summary>
    public bool Quick { get; init; }

    /// <summary>A part of the names to run; null runs all.</summary>
    public string? Only { get; init; }

    /// <summary>Where the results go as JSON; null for nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>The history to append a line to; null for none.</summary>
    public string? Record { get; init; }

    /// <summary>Rounds of what is short.</summary>
    public int Rounds => Quick ? 40 : 200;

    /// <summary>Rounds of what is long.</summary>
    public int SlowRounds => Quick ? 20 : 40;

    /// <summary>How long each side runs, each time that it is warmed up.</summary>
    public TimeSpan WarmUp => TimeSpan.FromMilliseconds(Quick ? 30 : 200);
}
