using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>What OpenTelemetry sees of a client, and what the documents say that it sees.</summary>
public sealed partial class DiagnosticsTests
{
    private static readonly byte[] KeyBytes = [.. Enumerable.Repeat((byte)0x45, 32)];

    [Fact]
    public async Task Every_instrument_of_the_documents_is_exported_after_a_session_with_retries_losses_and_a_panic()
    {
        using var key = SigningKey.FromBytes(KeyBytes);
        List<MetricSnapshot> exported = [];
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter("Dmex.Fast").AddInMemoryExporter(exported).Build();
        await using var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { RateLimit = new VenueRateLimit { MessagesPerSecond = 50, Burst = 4 } },
            TestContext.Current.CancellationToken);
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 10, Endpoint = venue.Url }, key);
        await using var client = await DmexClient.ConnectAsync(
            new DmexClientOptions
            {
                Endpoint = venue.Url,
                Account = key.Address,
                Connections = 1,
                Book = book,
                Retry = { AckTimeout = TimeSpan.FromMilliseconds(100) },
            },
            key,
            TestContext.Current.CancellationToken);
        await PlayAsync(venue, client, key);

        Assert.True(provider.ForceFlush());

        var seen = exported.Where(metric => metric.MetricPoints.Any(point => IsOf(point, key))).ToArray();
        Assert.Equal(
            Documented().Select(row => row.Name).Order(StringComparer.Ordinal),
            seen.Select(metric => metric.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Equal(["confirmed", "unresolved"], ValuesOf("dmex.cancels", "dmex.cancel.outcome"), StringComparer.Ordinal);
        Assert.Equal(["confirmed"], ValuesOf("dmex.panic.orders", "dmex.cancel.outcome"), StringComparer.Ordinal);
        Assert.Equal(["ready"], ValuesOf("dmex.connections", "dmex.connection.state"), StringComparer.Ordinal);
        Assert.Equal((1L, 3L, 1L), (Sum("dmex.panics"), Sum("dmex.panic.orders"), Sum("dmex.cancel.corrections")));
        Assert.True(Sum("dmex.cancel.resends") > 0 && Sum("dmex.throttles") > 0 && Sum("dmex.connection.connects") == 2);

        IEnumerable<MetricPoint> Points(string name) =>
            seen.Single(metric => string.Equals(metric.Name, name, StringComparison.Ordinal)).MetricPoints.Where(point => IsOf(point, key));

        IEnumerable<string?> ValuesOf(string name, string tag) =>
            Points(name).Select(point => Tag(point, tag)).Order(StringComparer.Ordinal);

        long Sum(string name) => Points(name).Sum(point => point.GetSumLong());
    }

    [Fact]
    public async Task The_table_of_the_documents_names_the_instruments_of_the_code_with_their_kinds_and_units()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        await using var client = await DmexClient.ConnectAsync(
            new DmexClientOptions { Endpoint = venue.Url, Connections = 1 }, key: null, TestContext.Current.CancellationToken);
        List<(string, string, string)> published = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (string.Equals(instrument.Meter.Name, "Dmex.Fast", StringComparison.Ordinal))
                {
                    published.Add((instrument.Name, KindOf(instrument), instrument.Unit!));
                }
            },
        };
        listener.Start();

        Assert.Equal(Documented().Order(), published.Order());
    }

    [Fact]
    public void The_alert_rules_name_metrics_and_tags_of_the_documents()
    {
        var rules = File.ReadAllText(RepositoryFiles.Path("docs/alerts.yml"));
        var names = AllDocumented().Select(row => row.Name.Replace('.', '_')
            + (row.Unit is "s" ? "_seconds" : string.Empty) + (row.Kind is "counter" ? "_total" : string.Empty));
        HashSet<string> known = new(
            [
                .. names, "dmex_standby_beat_gap_seconds_bucket", "dmex_account", "dmex_cancel_outcome", "dmex_connection_state",
                "dmex_connection_loss",
                "dmex_reply_kind", "dmex_standby_book", "dmex_standby_name", "dmex_standby_touch", "dmex_standby_lag_kind",
                "dmex_standby_reason",
                "dmex_standby_server_state",
            ],
            StringComparer.Ordinal);

        Assert.Subset(known, PrometheusName().Matches(rules).Select(match => match.Value).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Prometheus_accepts_the_alert_rules()
    {
        Process? started = null;
        try
        {
            started = Process.Start(new ProcessStartInfo("promtool", ["check", "rules", RepositoryFiles.Path("docs/alerts.yml")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Not on this machine: promtool (Debian's package prometheus).");
        }

        using var promtool = started!;
        var output = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(promtool.ExitCode == 0, output);
    }

    [Fact]
    public async Task A_cancel_is_an_activity_beneath_the_callers_and_says_neither_order_nor_signature()
    {
        using var key = SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x46, 32)]);
        using ActivitySource callers = new("Dmex.Fast.Hosting.Tests.Caller");
        List<Activity> exported = [];
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource("Dmex.Fast", callers.Name).AddInMemoryExporter(exported).Build();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        await using var client = await DmexClient.ConnectAsync(
            new DmexClientOptions
            {
                Endpoint = venue.Url,
                Account = key.Address,
                Connections = 1,
                Retry = { NotFoundGrace = TimeSpan.Zero },
            },
            key,
            TestContext.Current.CancellationToken);
        venue.OpenOrder(Hash(1).AsSpan(), key.Address.AsSpan());
        using var stranger = SigningKey.FromBytes(KeyBytes);
        venue.OpenOrder(Hash(2).AsSpan(), stranger.Address.AsSpan());

        using var caller = callers.StartActivity("quote")!;
        _ = await client.CancelAsync(Hash(1), TestContext.Current.CancellationToken);
        _ = await client.CancelAsync(Hash(2), TestContext.Current.CancellationToken);
        Activity.Current = null;
        _ = await client.CancelAsync(Hash(3), TestContext.Current.CancellationToken);
        Assert.True(provider.ForceFlush());

        var ours = exported.Where(activity => Equals(activity.GetTagItem("dmex.account"), key.Address.ToString())).ToArray();
        Assert.Equal(["confirmed", "rejected", "already_gone"], ours.Select(activity => activity.GetTagItem("dmex.cancel.outcome")));
        Assert.Equal([caller.SpanId, caller.SpanId, default], ours.Select(activity => activity.ParentSpanId));
        Assert.Equal(
            [ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Unset], ours.Select(activity => activity.Status));
        Assert.All(ours, activity =>
        {
            Assert.Equal(("dmex.cancel", ActivityKind.Client), (activity.OperationName, activity.Kind));
            Assert.Equal(1, activity.GetTagItem("dmex.cancel.attempts"));
            Assert.InRange(activity.Duration, TimeSpan.Zero, Waiting.Long);
            Assert.All(activity.TagObjects, tag => Assert.DoesNotContain("0303", $"{tag.Value}", StringComparison.Ordinal));
        });
    }

    /// <summary>A cancel that is retried and told late, a lost connection, a throttled burst, and a panic.</summary>
    private static async Task PlayAsync(SimulatedVenue venue, DmexClient client, SigningKey key)
    {
        for (byte number = 1; number <= 20; number++)
        {
            venue.OpenOrder(Hash(number).AsSpan(), key.Address.AsSpan());
        }

        venue.Faults = new VenueFaults { LoseRequestProbability = 1 };
        var late = await client.CancelAsync(Hash(1), TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        Assert.Equal(CancelOutcomeKind.Unresolved, late.Kind);
        venue.Faults = VenueFaults.None;
        await Waiting.Until(() => client.InFlight == 0, "the first is canceled late");

        venue.ResetConnections();
        await Waiting.Until(() => client.Loss is not null, "the connection is lost");
        await Waiting.Until(() => client.State == ConnectionState.Ready, "it reconnects");
        var burst = Enumerable.Range(2, 15).Select(number =>
            client.CancelAsync(Hash((byte)number), TestContext.Current.CancellationToken).AsTask());
        Assert.All(await Task.WhenAll(burst), outcome => Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind));

        for (byte number = 18; number <= 20; number++)
        {
            _ = client.Book!.Arm(Hash(number), number);
        }

        var report = await client.PanicAsync(BookScope.All, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, report.Confirmed);
    }

    private static OrderHash Hash(byte number) => new([.. Enumerable.Repeat(number, 32)]);

    [Fact]
    public async Task A_collection_reads_every_instrument_while_clients_come_and_go()
    {
        using var key = SigningKey.FromBytes(KeyBytes);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (string.Equals(instrument.Meter.Name, "Dmex.Fast", StringComparison.Ordinal))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.Start();
        using var stop = new CancellationTokenSource();
        var collections = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                listener.RecordObservableInstruments(); // throws what reading a client threw
            }
        });
        for (var i = 0; i < 200 && !collections.IsCompleted; i++)
        {
            await using var client = await DmexClient.ConnectAsync(
                new DmexClientOptions
                {
                    Endpoint = new Uri("ws://127.0.0.1:9"), // nobody listens there
                    Account = key.Address,
                    Reconnect = { ConnectInBackground = true },
                },
                key,
                TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await collections;
    }

    private static bool IsOf(MetricPoint point, SigningKey key) =>
        string.Equals(Tag(point, "dmex.account"), key.Address.ToString(), StringComparison.Ordinal);

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
        _ => instrument.GetType().Name,
    };

    // Standbys have a meter of their own: tests/Dmex.Fast.Standby.Tests/Hosting.
    private static IEnumerable<(string Name, string Kind, string Unit)> Documented() =>
        AllDocumented().Where(row => !row.Name.StartsWith("dmex.standby.", StringComparison.Ordinal));

    private static IEnumerable<(string Name, string Kind, string Unit)> AllDocumented() =>
        TableRow().Matches(File.ReadAllText(RepositoryFiles.Path("docs/diagnostics.md")))
            .Select(row => (row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value));

    [GeneratedRegex(
        @"^\| `(?<name>dmex\.[a-z_.]+)` \| (?<kind>[a-z -]+) \| (?<unit>[a-z{}]+) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TableRow();

    [GeneratedRegex("dmex_[a-z_]+", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex PrometheusName();
}
