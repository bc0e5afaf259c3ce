using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dmex.Fast.Standby.Nats.Servers;

/// <summary>
/// Tells listeners of the meter <c>Dmex.Fast.Standby</c> which servers the links of this process are connected to. Thread-safe; read
/// when metrics are collected alone.
/// </summary>
internal static class NatsServerMetrics
{
    private static readonly Meter Meter = new("Dmex.Fast.Standby", typeof(NatsServerMetrics).Assembly.GetName().Version?.ToString(3));

    private static readonly ConcurrentDictionary<NatsStandbyLink, string> Links = new();

    static NatsServerMetrics()
    {
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.standby.servers", Servers, "{server}", "Servers of a cluster, by whether they are connected.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.messages.dropped",
            Dropped,
            "{message}",
            "Live messages that were lost on one server's connection rather than waited for.");
    }

    public static void Add(NatsStandbyLink link, string book) => Links[link] = book;

    public static void Remove(NatsStandbyLink link) => _ = Links.TryRemove(link, out _);

    private static IEnumerable<Measurement<long>> Servers()
    {
        foreach (var (link, book) in Links)
        {
            var connected = link.Servers.Count(server => server.IsConnected);
            yield return Of(connected, book, "connected");
            yield return Of(link.Servers.Count - connected, book, "down");
        }

        static Measurement<long> Of(int servers, string book, string state) =>
            new(servers, new("dmex.standby.book", book), new("dmex.standby.server.state", state));
    }

    private static IEnumerable<Measurement<long>> Dropped()
    {
        foreach (var (link, book) in Links)
        {
            yield return new Measurement<long>(
                link.Servers.Sum(server => server.Dropped), new KeyValuePair<string, object?>("dmex.standby.book", book));
        }
    }
}
