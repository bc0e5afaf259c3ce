namespace Dmex.Fast.Lab.Latency;

/// <summary>New processes that go about it in one way.</summary>
/// <param name="Name">cold: connect and cancel. warmed: <see cref="DmexClient.WarmUp"/> beside connecting, then cancel.</param>
/// <param name="Processes">How many were started, one after the other.</param>
/// <param name="Confirmed">How many of their cancels were confirmed, and stand at the venue.</param>
/// <param name="Median">Each time's median.</param>
/// <param name="Best">Each time's best.</param>
/// <param name="Worst">Each time's worst.</param>
internal sealed record FirstCancelSeries(
    string Name, int Processes, int Confirmed, FirstCancelTimes Median, FirstCancelTimes Best, FirstCancelTimes Worst);
