namespace Dmex.Fast.Lab.Latency;

/// <summary>The sessions and their load.</summary>
/// <param name="RatePerSecond">Cancels begun in a second; null when there was silence between them.</param>
/// <param name="SilenceSeconds">From one cancel to the next; null when there was a rate.</param>
/// <param name="PingSeconds">The silence after which our clients pinged; null for their own choice.</param>
/// <param name="DurationSeconds">Of each session.</param>
/// <param name="GarbageMegabytesPerSecond">What another thread allocated meanwhile; it counts as allocated.</param>
/// <param name="Turns">The parts of each session, of a quarter of a second or one cancel each; the sessions took turns.</param>
/// <param name="WarmUpOrders">Cancels of each session before and between those that count.</param>
/// <param name="EmbeddedVenue">Whether the venue was the simulated one.</param>
/// <param name="Sessions">One a way.</param>
internal sealed record OpenLoopReport(
    double? RatePerSecond,
    double? SilenceSeconds,
    double? PingSeconds,
    double DurationSeconds,
    int GarbageMegabytesPerSecond,
    int Turns,
    int WarmUpOrders,
    bool EmbeddedVenue,
    IReadOnlyList<SessionReport> Sessions);
