namespace Dmex.Fast.Lab.Latency;

/// <summary>The bursts of one way.</summary>
/// <param name="Name">armed, presigned or usual.</param>
/// <param name="Description">What the way is made of.</param>
/// <param name="Orders">Over all of its bursts.</param>
/// <param name="Confirmed">How many of them the venue confirmed and holds as canceled by a valid signature of their owner.</param>
/// <param name="Median">Each figure's median.</param>
/// <param name="Worst">Each figure's worst.</param>
internal sealed record BurstSeries(string Name, string Description, int Orders, int Confirmed, BurstTimes Median, BurstTimes Worst);
