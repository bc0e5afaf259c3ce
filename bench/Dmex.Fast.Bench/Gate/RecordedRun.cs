namespace Dmex.Fast.Bench.Gate;

/// <summary>A line of the history.</summary>
/// <param name="Time">When it began, UTC.</param>
/// <param name="Commit">40 hex digits, perhaps with -dirty behind them.</param>
/// <param name="Host">The machine.</param>
/// <param name="Runtime">.NET's version.</param>
/// <param name="Command">What made it.</param>
/// <param name="Metrics">Values by name; their units are in the file.</param>
internal sealed record RecordedRun(
    DateTime Time, string Commit, string Host, string Runtime, string Command, IReadOnlyDictionary<string, double> Metrics);
