namespace Dmex.Fast.Standby.Diagnostics;

/// <summary>
/// Counts what happens at one standby, for listeners of <see cref="StandbyInstruments"/>. Thread-safe; allocates nothing.
/// </summary>
internal sealed class StandbyMetrics : IDisposable
{
    private static readonly string[] Reasons = ["none", "silence", "isolated", "operator", "other_fence"];

    private readonly StandbyService _service;

    public StandbyMetrics(StandbyClusterOptions options, StandbyService service)
    {
        _service = service;
        Book = new("dmex.standby.book", options.Book);
        Member = new("dmex.standby.name", options.Name);
        StandbyInstruments.Add(this);
    }

    public KeyValuePair<string, object?> Book { get; }

    public KeyValuePair<string, object?> Member { get; }

    public StandbyServiceState Read() => _service.State;

    /// <summary>A beat came that is newer than those before.</summary>
    public void Beat(TimeSpan gap)
    {
        if (StandbyInstruments.BeatGap.Enabled)
        {
            StandbyInstruments.BeatGap.Record(gap.TotalSeconds, Book, Member);
        }
    }

    /// <summary>The standby set a fence.</summary>
    public void Fenced(FireReason reason)
    {
        if (StandbyInstruments.Fences.Enabled)
        {
            StandbyInstruments.Fences.Add(1, Book, Member, new KeyValuePair<string, object?>("dmex.standby.reason", Reasons[(int)reason]));
        }
    }

    /// <summary>The first cancel of a fire left.</summary>
    public void Fired(TimeSpan sinceTrigger)
    {
        if (StandbyInstruments.FireDuration.Enabled)
        {
            StandbyInstruments.FireDuration.Record(sinceTrigger.TotalSeconds, Book, Member);
        }
    }

    public void Dispose() => StandbyInstruments.Remove(this);
}
