using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Dmex.Fast.Diagnostics;

/// <summary>
/// The meter and the activity source of this library, both named <c>Dmex.Fast</c>. Names and units follow OpenTelemetry's conventions; the
/// table of docs/diagnostics.md lists them. Thread-safe.
/// </summary>
/// <remarks>Without a listener an instrument costs a read of a field, and nothing is allocated either way.</remarks>
internal static class Instruments
{
    public const string Name = "Dmex.Fast";

    private static readonly string? Version = typeof(Instruments).Assembly.GetName().Version?.ToString(3);

    private static readonly Meter Meter = new(Name, Version);

    private static readonly ConcurrentDictionary<ClientMetrics, byte> Clients = new();

    // From 10 µs to 10 s: a cancel takes some tens of microseconds to the kernel, and some milliseconds to the venue and back.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
        [
            0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
        ],
    };

    public static readonly ActivitySource Activities = new(Name, Version);

    public static readonly Counter<long> Cancels =
        Meter.CreateCounter<long>("dmex.cancels", "{cancel}", "Cancels that callers were told about, by outcome.");

    public static readonly Histogram<double> CancelDuration = Meter.CreateHistogram(
        "dmex.cancel.duration", "s", "From the call to the outcome that the caller was told.", tags: null, Durations);

    public static readonly Histogram<double> SendDuration = Meter.CreateHistogram(
        "dmex.cancel.send.duration", "s", "From the call until the kernel had the latest copy of a cancel that was written.", tags: null,
        Durations);

    public static readonly Counter<long> Resends = Meter.CreateCounter<long>(
        "dmex.cancel.resends", "{copy}", "Copies that were sent again.");

    public static readonly Counter<long> Corrections =
        Meter.CreateCounter<long>(
            "dmex.cancel.corrections", "{cancel}", "Outcomes that became known, or better known, after they had been reported.");

    public static readonly Counter<long> Replies = Meter.CreateCounter<long>(
        "dmex.replies", "{reply}", "What the venue said about orders, by kind.");

    public static readonly Counter<long> Throttles =
        Meter.CreateCounter<long>("dmex.throttles", "{reply}", "Rate limits that the venue signaled, for an order or in general.");

    public static readonly Counter<long> Connects =
        Meter.CreateCounter<long>(
            "dmex.connection.connects", "{connection}", "Connections that became ready; above the first, reconnects.");

    public static readonly Counter<long> Losses =
        Meter.CreateCounter<long>("dmex.connection.losses", "{connection}", "Connections that ended, by reason.");

    public static readonly Counter<long> Panics = Meter.CreateCounter<long>("dmex.panics", "{panic}", "Panics that were reported.");

    public static readonly Counter<long> PanicOrders =
        Meter.CreateCounter<long>("dmex.panic.orders", "{order}", "Orders of reported panics, by outcome.");

    public static readonly Histogram<double> PanicSendDuration = Meter.CreateHistogram(
        "dmex.panic.send.duration", "s", "From a panic's call until the kernel had its last order's cancel.", tags: null, Durations);

    static Instruments()
    {
        _ = Meter.CreateObservableUpDownCounter("dmex.connections", Connections, "{connection}", "Connections by state.");
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.cancels.in_flight", () => Each(now => now.InFlight), "{cancel}", "Orders whose cancel is unresolved.");
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.book.orders", () => Each(now => now.BookOrders), "{order}", "Orders in the book, in any state.");
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.book.latched", () => Each(now => now.IsLatched ? 1 : 0), "{book}", "1 while a panic's latch is set.");
        _ = Meter.CreateObservableCounter(
            "dmex.notices.dropped", () => Each(now => now.DroppedNotices), "{notice}",
            "Notices that were dropped because handlers were too slow.");
        _ = Meter.CreateObservableCounter(
            "dmex.messages.dropped", () => Each(now => now.DroppedMessages), "{message}",
            "Messages that were dropped because handlers were too slow.");
    }

    public static void Add(ClientMetrics client) => Clients[client] = 0;

    public static void Remove(ClientMetrics client) => _ = Clients.TryRemove(client, out _);

    private static IEnumerable<Measurement<long>> Each(Func<ClientGauges, long> value)
    {
        foreach (var client in Clients.Keys)
        {
            yield return new Measurement<long>(value(client.Read()), client.AccountTag);
        }
    }

    private static IEnumerable<Measurement<long>> Connections()
    {
        foreach (var client in Clients.Keys)
        {
            foreach (var state in client.Read().Connections.GroupBy(connection => connection.State))
            {
                yield return new Measurement<long>(
                    state.Count(), client.AccountTag,
                    new KeyValuePair<string, object?>("dmex.connection.state", ClientMetrics.NameOf(state.Key)));
            }
        }
    }
}
