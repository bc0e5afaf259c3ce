using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Hosting;

/// <summary>What OpenTelemetry sees of an engine and a standby, and what the documents say that it sees.</summary>
public sealed partial class DiagnosticsTests
{
    private const string MeterName = "Dmex.Fast.Standby";

    [Fact]
    public async Task Every_instrument_of_the_documents_is_exported_after_a_fire()
    {
        List<MetricSnapshot> exported = [];
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(MeterName).AddInMemoryExporter(exported).Build();
        await using var link = NatsStandbyLink.Open(new NatsStandbyOptions
        {
            Servers = ["127.0.0.1:1"],
            Replicas = 1,
            Book = "metrics",
            Role = NatsStandbyRole.Operator,
        });
        await using var guarded = await GuardedEngine.StartAsync("metrics", TestContext.Current.CancellationToken);
        guarded.BeginPulsing();
        await GuardedEngine.Until(() => guarded.Engine.State.Touch == EngineTouch.Guarded, "the engine is guarded");
        _ = guarded.Create(1);
        await guarded.Engine.WaitReplicatedAsync(GuardedEngine.Hash(1), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(provider.ForceFlush());
        Assert.Equal("guarded", Assert.Single(TagsOf("dmex.standby.engines", "dmex.standby.touch")));
        Assert.Equal((1L, 1L), (Last("dmex.standby.able"), Last("dmex.standby.orders")));

        exported.Clear();
        guarded.EndPulsing();
        await GuardedEngine.Until(() => !guarded.IsOpen(1) && guarded.Client.Fence is not null, "the standby fires");
        await GuardedEngine.Until(
            () =>
            {
                exported.Clear();
                return provider.ForceFlush() && Names().Contains("dmex.standby.fire.duration", StringComparer.Ordinal);
            },
            "the fire is measured");

        Assert.Equal(
            Documented().Select(row => row.Name).Order(StringComparer.Ordinal),
            Names().Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Equal("fenced", Assert.Single(TagsOf("dmex.standby.engines", "dmex.standby.touch")));
        Assert.Equal("silence", Assert.Single(TagsOf("dmex.standby.fences", "dmex.standby.reason")));
        Assert.Equal(["durable", "live"], TagsOf("dmex.standby.lag", "dmex.standby.lag.kind"), StringComparer.Ordinal);

        IEnumerable<string> Names() =>
            exported.Where(metric => metric.MetricPoints.Any(IsOurs)).Select(metric => metric.Name).Distinct(StringComparer.Ordinal);

        IEnumerable<string> TagsOf(string name, string tag) =>
            PointsOf(name).Select(point => Tag(point, tag)!).Order(StringComparer.Ordinal);

        long Last(string name) => PointsOf(name).Single().GetSumLong();

        // Of every meter of that name: the tests load copies of the assembly, which have one each.
        IEnumerable<MetricPoint> PointsOf(string name) =>
            exported.Where(metric => string.Equals(metric.Name, name, StringComparison.Ordinal))
                .SelectMany(metric => metric.MetricPoints)
                .Where(IsOurs);
    }

    [Fact]
    public async Task The_table_of_the_documents_names_the_instruments_of_the_code_with_their_kinds_and_units()
    {
        await using var link = NatsStandbyLink.Open(new NatsStandbyOptions
        {
            Servers = ["127.0.0.1:1"],
            Replicas = 1,
            Book = "table",
            Role = NatsStandbyRole.Operator,
        });
        Standby.Diagnostics.StandbyInstruments.Fences.Add(0);
        List<(string, string, string)> published = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (string.Equals(instrument.Meter.Name, MeterName, StringComparison.Ordinal))
                {
                    published.Add((instrument.Name, KindOf(instrument), instrument.Unit!));
                }
            },
        };
        listener.Start();

        Assert.Equal(Documented().Order(), published.Distinct().Order());
    }

    [Fact]
    public void While_nobody_listens_nothing_is_allocated()
    {
        using var key = TestKey.New();
        using var service = new Unheard(key);
        var allocated = AllocationMeter.Measure(1000, () =>
        {
            service.Metrics.Beat(TimeSpan.FromMilliseconds(100));
            service.Metrics.Fenced(FireReason.Silence);
            service.Metrics.Fired(TimeSpan.FromMilliseconds(1));
        });

        Assert.Equal(0, allocated);
    }

    private static bool IsOurs(MetricPoint point) => string.Equals(Tag(point, "dmex.standby.book"), "metrics", StringComparison.Ordinal);

    private static string? Tag(MetricPoint point, string name)
    {
        foreach (var tag in point.Tags)
        {
            if (string.Equals(tag.Key, name, StringComparison.Ordinal))
            {
                return tag.Value?.ToString();
            }
        }

        return null;
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        Counter<long> or ObservableCounter<long> => "counter",
        ObservableUpDownCounter<long> => "up-down counter",
        ObservableGauge<long> or ObservableGauge<double> => "gauge",
        _ => instrument.GetType().Name,
    };

    private static IEnumerable<(string Name, string Kind, string Unit)> Documented() =>
        TableRow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/diagnostics.md")))
            .Select(row => (row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value));

    [GeneratedRegex(
        @"^\| `(?<name>dmex\.standby\.[a-z_.]+)` \| (?<kind>[a-z -]+) \| (?<unit>[a-z{}]+) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        10_000)]
    private static partial Regex TableRow();

    private sealed class Unheard : IDisposable
    {
        private readonly StandbyService _service;

        public Unheard(StandbyKey key)
        {
            var options = new StandbyClusterOptions { Name = "unheard", Book = "unheard" };
            _service = new StandbyService(options, key, new Mixture.MemoryLink(new Mixture.MemoryHub()), new NoFirer());
            Metrics = new Standby.Diagnostics.StandbyMetrics(options, _service);
        }

        public Standby.Diagnostics.StandbyMetrics Metrics { get; }

        public void Dispose()
        {
            Metrics.Dispose();
            _service.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private sealed class NoFirer : IStandbyFirer
    {
        public bool CanFire => false;

        public bool VenueAnsweredSince(long timestamp) => false;

        public void Fire(StandbyFire fire)
        {
        }
    }
}
