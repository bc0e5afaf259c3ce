namespace Dmex.Fast.Bench.Gate;

/// <summary>perf-results/history.jsonl: a line of JSON a recorded run.</summary>
internal static class History
{
    /// <summary>The file of this checkout.</summary>
    public static string DefaultFile => Path.Combine(Checkout.Results, "history.jsonl");
}
