using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Dmex.Fast.Venue;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class LatencyCommandTests : IDisposable
{
    private static readonly string[] Stages = ["kernel", "receipt", "confirmation"];
    private static readonly string[] Figures = ["p50", "p90", "p99", "p999", "p9999", "max"];

    private readonly string _folder = Directory.CreateTempSubdirectory("dmex-latency-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    [Trait("Lane", "Long")]
    public async Task A_session_confirms_every_order_and_its_files_say_the_same_as_its_json()
    {
        var prefix = Path.Combine(_folder, "run");
        var plot = Path.Combine(_folder, "run.svg");

        var result = await RunAsync("latency", "--rate", "200", "--duration", "2", "--usual", "--json", "--hgrm", prefix, "--plot", plot);

        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var openLoop = document.RootElement.GetProperty("openLoop");
        Assert.Equal(200, openLoop.GetProperty("ratePerSecond").GetDouble());
        Assert.Equal(JsonValueKind.Null, openLoop.GetProperty("silenceSeconds").ValueKind);
        var sessions = openLoop.GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal(
            ["signed", "armed", "usual"], sessions.Select(session => session.GetProperty("name").GetString()!).Take(3),
            StringComparer.Ordinal);
        foreach (var session in sessions)
        {
            AssertComplete(session, 400);
            AssertHgrm(prefix, session);
        }

        Assert.All(sessions.Take(2), session => Assert.Equal(JsonValueKind.Null, session.GetProperty("ratioToSigned").ValueKind));
        Assert.True(sessions[2].GetProperty("ratioToSigned").GetProperty("kernelP50").GetDouble() > 0);
        Assert.True(sessions[2].GetProperty("allocatedBytesPerCancel").GetDouble() > 1_000);
        AssertPlot(await File.ReadAllTextAsync(plot, TestContext.Current.CancellationToken), document.RootElement);
        AssertHost(document.RootElement);
    }

    [Fact(Explicit = true)]
    [Trait("Lane", "Long")]
    public async Task With_silence_between_cancels_there_are_as_many_as_fit()
    {
        var result = await RunAsync(
            "latency", "--cold", "0.1", "--ping", "0.002", "--duration", "2", "--gc-latency", "sustained", "--garbage", "50", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var openLoop = document.RootElement.GetProperty("openLoop");
        Assert.Equal(50, openLoop.GetProperty("garbageMegabytesPerSecond").GetInt32());
        Assert.Equal(0.1, openLoop.GetProperty("silenceSeconds").GetDouble());
        Assert.Equal(0.002, openLoop.GetProperty("pingSeconds").GetDouble());
        Assert.Equal(JsonValueKind.Null, openLoop.GetProperty("ratePerSecond").ValueKind);
        Assert.All(openLoop.GetProperty("sessions").EnumerateArray(), session => AssertComplete(session, 20));
        Assert.Equal("SustainedLowLatency", document.RootElement.GetProperty("runtime").GetProperty("gcLatencyMode").GetString());
    }

    [Fact]
    public async Task The_table_is_plain_text_that_names_the_host_and_repeats_the_command()
    {
        var result = await RunAsync("latency", "--rate", "100", "--duration", "1");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.All(
            (string[])["generator lag", "to kernel", "to venue", "to confirmation", "Host:", "Runtime:",
            "Again: dmex latency --rate 100 --duration 1"],
            text => Assert.Contains(text, result.Output, StringComparison.Ordinal));

        Assert.DoesNotContain('\u001b', result.Output + result.Error);
    }

    [Fact]
    public async Task Bursts_are_confirmed_by_every_way_and_their_times_come_in_their_order()
    {
        var result = await RunAsync("latency", "--burst", "100", "--repeats", "2", "--cold", "0.05", "--usual", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var burst = document.RootElement.GetProperty("burst");
        Assert.Equal((100, 2), (burst.GetProperty("orders").GetInt32(), burst.GetProperty("repeats").GetInt32()));
        var series = burst.GetProperty("series").EnumerateArray().ToList();
        Assert.Equal(["armed", "presigned", "usual"], series.Select(way => way.GetProperty("name").GetString()!), StringComparer.Ordinal);
        foreach (var way in series)
        {
            Assert.Equal((200, 200), (way.GetProperty("orders").GetInt32(), way.GetProperty("confirmed").GetInt32()));
            AssertBurst(way.GetProperty("median"));
            AssertBurst(way.GetProperty("worst"));
        }

        AssertBurst(burst.GetProperty("firstOfProcess"));
        var ours = series[0].GetProperty("median");
        Ascending(ours, "confirmationFirstMicros", "confirmationMedianMicros");
    }

    [Fact]
    public async Task New_processes_cancel_and_their_times_come_in_their_order()
    {
        var result = await RunAsync("latency", "--first", "2", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var series = document.RootElement.GetProperty("firstCancel").GetProperty("series").EnumerateArray().ToList();
        Assert.Equal(["cold", "warmed"], series.Select(way => way.GetProperty("name").GetString()!), StringComparer.Ordinal);
        foreach (var way in series)
        {
            Assert.Equal((2, 2), (way.GetProperty("processes").GetInt32(), way.GetProperty("confirmed").GetInt32()));
            Ascending(way.GetProperty("median"), "mainMs", "connectedMs", "writtenMs", "confirmedMs");
        }

        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("openLoop").ValueKind);
    }

    [Fact]
    public async Task At_a_venue_of_the_users_choice_the_given_orders_are_canceled_and_nothing_else()
    {
        await using var venue = await Dmex.Fast.Venue.SimulatedVenue.StartAsync(
            new Dmex.Fast.Venue.VenueOptions(), TestContext.Current.CancellationToken);
        var hashes = Enumerable.Range(1, 30).Select(i => "0x" + i.ToString("x64", CultureInfo.InvariantCulture)).ToArray();
        foreach (var hash in hashes)
        {
            venue.OpenOrder(Convert.FromHexString(hash[2..]), Convert.FromHexString(TestAddress[2..]));
        }

        var result = await RunAsync(new Invocation(
            ["latency", "--url", venue.Url.ToString(), "--hashes", "-", "--rate", "100", "--duration", "5", "--json"],
            TestKey,
            string.Join('\n', hashes) + "\n"));

        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var session = Assert.Single(document.RootElement.GetProperty("openLoop").GetProperty("sessions").EnumerateArray());
        Assert.Equal((30, 30), (session.GetProperty("orders").GetInt32(), session.GetProperty("confirmed").GetInt32()));
        Assert.Equal(JsonValueKind.Null, session.GetProperty("receiptMicros").ValueKind);
        Assert.Equal((30L, 30), (venue.MessagesReceived, venue.CanceledCount));
    }

    [Theory]
    [InlineData("--url", "--url", "wss://127.0.0.1:1/ws")]
    [InlineData("--hashes", "--hashes", "-")]
    [InlineData("--ca", "--ca", "x.pem")]
    [InlineData("--usual", "--url", "wss://127.0.0.1:1/ws", "--hashes", "-", "--usual")]
    [InlineData("--burst", "--url", "wss://127.0.0.1:1/ws", "--hashes", "-", "--burst", "5")]
    [InlineData("--cold", "--cold", "1", "--rate", "5")]
    [InlineData("--cold", "--cold", "20", "--duration", "2")]
    [InlineData("--cold", "--cold", "x")]
    [InlineData("--ping", "--ping", "2")]
    [InlineData("--ping", "--ping", "0.1", "--burst", "1")]
    [InlineData("--first", "--first", "1", "--burst", "1")]
    [InlineData("--plot", "--burst", "1", "--plot", "x.svg")]
    [InlineData("--rate", "--burst", "1", "--rate", "5")]
    [InlineData("--garbage", "--first", "1", "--garbage", "5")]
    [InlineData("--rate", "--rate", "20000", "--duration", "3600")]
    [InlineData("--rate", "--rate", "0")]
    [InlineData("--gc-latency", "--gc-latency", "quick")]
    public async Task Wrong_options_are_named_and_nothing_is_run(string named, params string[] options)
    {
        var result = await RunAsync(["latency", .. options]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    /// <summary>The plot is an SVG that names its host, its date, and whether the host is fit.</summary>
    private static void AssertPlot(string svg, JsonElement report)
    {
        var text = string.Concat(
            XDocument.Parse(svg).Descendants().Where(element => !element.HasElements).Select(element => element.Value + "\n"));
        Assert.Contains(report.GetProperty("host").GetProperty("kernel").GetString()!, text, StringComparison.Ordinal);
        Assert.Contains(
            report.GetProperty("startedUtc").GetDateTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), text,
            StringComparison.Ordinal);
        Assert.Contains("fit for figures of latency", text, StringComparison.Ordinal);
        Assert.All(
            (string[])["signed, kernel", "armed, confirmation", "usual, kernel"],
            line => Assert.Contains(line, text, StringComparison.Ordinal));
    }

    private static void AssertComplete(JsonElement session, int orders)
    {
        Assert.Equal((orders, orders), (session.GetProperty("orders").GetInt32(), session.GetProperty("confirmed").GetInt32()));
        Assert.Equal(3, session.GetProperty("gcCollectionsByGeneration").GetArrayLength());
        Assert.True(session.GetProperty("allocatedBytes").GetInt64() >= 0);
        foreach (var stage in Stages.Append("generatorLag").Select(stage => stage + "Micros"))
        {
            var figures = session.GetProperty(stage);
            Assert.Equal(orders, figures.GetProperty("samples").GetInt32());
            var known = Figures
                .Select(name => figures.GetProperty(name)).Where(value => value.ValueKind == JsonValueKind.Number)
                .Select(value => value.GetDouble()).ToArray();
            Assert.Equal(known.Order(), known);

            // Ten samples must lie beyond a percentile: 400 have four beyond p99, 20 have two beyond p90.
            Assert.Equal(orders >= 100 ? 3 : 2, known.Length);
        }
    }

    private static void AssertHgrm(string prefix, JsonElement session)
    {
        foreach (var stage in Stages)
        {
            var lines = File.ReadAllLines($"{prefix}-{session.GetProperty("name").GetString()}-{stage}.hgrm");
            Assert.Contains("Percentile", lines[0], StringComparison.Ordinal);
            var rows = lines.Where(line => line.Length > 0 && !line.StartsWith('#')).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(row => row.Length >= 3).ToList();
            Assert.Equal(400, int.Parse(rows[^1][2], CultureInfo.InvariantCulture));
            var median = rows.Find(row => double.Parse(row[1], CultureInfo.InvariantCulture) >= 0.5)!;
            var inJson = session.GetProperty($"{stage}Micros").GetProperty("p50").GetDouble();
            Assert.InRange(double.Parse(median[0], CultureInfo.InvariantCulture), inJson * 0.99, inJson * 1.01);
        }
    }

    private static void AssertHost(JsonElement report)
    {
        var host = report.GetProperty("host");
        Assert.Equal(Environment.ProcessorCount, host.GetProperty("processors").GetInt32());
        Assert.Equal(host.GetProperty("unfit").GetArrayLength() == 0, host.GetProperty("isFit").GetBoolean());
        Assert.Equal(
            OperatingSystem.IsLinux(),
            host.GetProperty("stolenSeconds") is { ValueKind: JsonValueKind.Number } stolen && stolen.GetDouble() >= 0);
        Assert.Equal("jit", report.GetProperty("runtime").GetProperty("compiler").GetString());
    }

    private static void AssertBurst(JsonElement times)
    {
        Ascending(times, "firstByteMicros", "lastByteMicros");
        Ascending(times, "receiptFirstMicros", "receipt60Micros", "receiptLastMicros");
        Assert.True(times.GetProperty("confirmationLastMicros").GetDouble() > 0);
    }

    private static void Ascending(JsonElement times, params string[] names)
    {
        var values = names.Select(name => times.GetProperty(name).GetDouble()).ToArray();
        Assert.Equal(values.Order(), values);
        Assert.True(values[0] > 0);
    }
}
