using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dmex.Fast.Standby.Diagnostics;

/// <summary>
/// The meter of standbys on other hosts, named <c>Dmex.Fast.Standby</c>, for engines and standbys alike; docs/diagnostics.md lists it.
/// Thread-safe.
/// </summary>
/// <remarks>Without a listener an instrument costs a read of a field, and nothing is allocated either way.</remarks>
internal static class StandbyInstruments
{
    public const string Name = "Dmex.Fast.Standby";

    private static readonly Meter Meter = new(Name, typeof(StandbyInstruments).Assembly.GetName().Version?.ToString(3));

    private static readonly ConcurrentDictionary<EngineMetrics, byte> Engines = new();

    private static readonly ConcurrentDictionary<StandbyMetrics, byte> Standbys = new();

    // From 0.1 ms to a minute: a beat comes ten times a second, and a fire's first byte leaves within some milliseconds.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60],
    };

    public static readonly Histogram<double> BeatGap = Meter.CreateHistogram(
        "dmex.standby.beat.gap", "s", "At a standby: from one beat of the engine's to the next.", tags: null, Durations);

    public static readonly Histogram<double> FireDuration = Meter.CreateHistogram(
        "dmex.standby.fire.duration",
        "s",
        "At a standby: from the decision to fire until the kernel had the first cancel.",
        tags: null,
        Durations);

    public static readonly Counter<long> Fences =
        Meter.CreateCounter<long>("dmex.standby.fences", "{fence}", "Fences that a standby set, by reason.");

    static StandbyInstruments()
    {
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.standby.engines", () => EachEngine(now => 1, e => e.Touch), "{engine}", "Engines, by what they know of their standbys.");
        _ = Meter.CreateObservableGauge(
            "dmex.standby.generation",
            () => EachEngine(now => now.Generation),
            "{generation}",
            "The engine's generation; 0: none is claimed.");
        _ = Meter.CreateObservableGauge(
            "dmex.standby.lag", Lags, "s", "The age of the oldest change that no able standby, or not the stream, holds.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.changes", () => EachEngine(now => (long)now.Changes), "{change}", "Changes of the book in this generation.");
        _ = Meter.CreateObservableGauge(
            "dmex.standby.watermark",
            Watermarks,
            "{change}",
            "Every change up to this one is held by a standby, by the engine's knowledge.");
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.standby.able", Able, "{standby}", "Standbys that the engine knows to be able to fire.");
        _ = Meter.CreateObservableGauge(
            "dmex.standby.witnesses",
            () => EachStandby(now => now.Witnesses),
            "{server}",
            "At a standby: servers that were witnesses at the latest look.");
        _ = Meter.CreateObservableUpDownCounter(
            "dmex.standby.orders", () => EachStandby(now => now.Orders), "{order}", "Orders that a standby holds.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.stalls",
            () => EachEngine(now => now.Stalls).Concat(EachStandby(now => now.Stalls)),
            "{stall}",
            "How often the process itself was stopped.");
        CreateFailures();
    }

    public static void Add(EngineMetrics engine) => Engines[engine] = 0;

    public static void Remove(EngineMetrics engine) => _ = Engines.TryRemove(engine, out _);

    public static void Add(StandbyMetrics standby) => Standbys[standby] = 0;

    public static void Remove(StandbyMetrics standby) => _ = Standbys.TryRemove(standby, out _);

    private static void CreateFailures()
    {
        _ = Meter.CreateObservableCounter(
            "dmex.standby.messages.refused",
            () => EachEngine(now => now.Refused).Concat(EachStandby(now => now.Refused)),
            "{message}",
            "Messages that were forged, or of another kind, length or version.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.datagrams",
            () => EachStandby(now => now.Datagrams),
            "{datagram}",
            "At a standby: authentic beats that came by UDP.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.datagrams.failed",
            () => EachEngine(now => now.FailedDatagrams),
            "{datagram}",
            "Beats that an engine could not send by UDP.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.entries.invalid",
            () => EachStandby(now => now.Invalid),
            "{entry}",
            "Records that were authentic and made no sense, signatures that are not the account's, and fires that failed.");
        _ = Meter.CreateObservableCounter(
            "dmex.standby.turns.failed",
            () => EachEngine(now => now.FailedTurns).Concat(EachStandby(now => now.FailedTurns)),
            "{turn}",
            "Turns of the threads that failed; the threads went on.");
    }

    private static IEnumerable<Measurement<long>> EachEngine(
        Func<StandbyEngineState, long> value, Func<StandbyEngineState, EngineTouch>? touch = null)
    {
        foreach (var engine in Engines.Keys)
        {
            var now = engine.Read();
            yield return touch is null
                ? new Measurement<long>(value(now), engine.Book, engine.Member)
                : new Measurement<long>(
                    value(now), engine.Book, engine.Member, new("dmex.standby.touch", EngineMetrics.NameOf(touch(now))));
        }
    }

    private static IEnumerable<Measurement<long>> EachStandby(Func<StandbyServiceState, long> value)
    {
        foreach (var standby in Standbys.Keys)
        {
            yield return new Measurement<long>(value(standby.Read()), standby.Book, standby.Member);
        }
    }

    private static IEnumerable<Measurement<double>> Lags()
    {
        foreach (var engine in Engines.Keys)
        {
            var now = engine.Read();
            yield return new Measurement<double>(now.Lag.TotalSeconds, engine.Book, engine.Member, new("dmex.standby.lag.kind", "live"));
            yield return new Measurement<double>(
                now.DurableLag.TotalSeconds, engine.Book, engine.Member, new("dmex.standby.lag.kind", "durable"));
        }
    }

    private static IEnumerable<Measurement<long>> Watermarks()
    {
        foreach (var engine in Engines.Keys)
        {
            foreach (var standby in engine.ReadStandbys())
            {
                yield return new Measurement<long>(
                    (long)standby.Watermark, engine.Book, engine.Member, new("dmex.standby.id", EngineMetrics.IdOf(standby)));
            }
        }
    }

    private static IEnumerable<Measurement<long>> Able()
    {
        foreach (var engine in Engines.Keys)
        {
            yield return new Measurement<long>(engine.ReadStandbys().Count(engine.IsAble), engine.Book, engine.Member);
        }
    }
}
