using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>A client in a .NET host, against the simulated venue.</summary>
public sealed class HostTests : IDisposable
{
    private static readonly byte[] KeyBytes = [.. Enumerable.Repeat((byte)0x42, 32)];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-hosting");
    private readonly CollectedLog _log = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_hosted_client_binds_its_options_cancels_reports_health_and_panics_on_shutdown()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        using var key = SigningKey.FromBytes(KeyBytes);
        venue.OpenOrders([.. Hash(1).AsSpan(), .. Hash(2).AsSpan(), .. Hash(3).AsSpan()], key.Address.AsSpan());
        using var host = Build(Settings(venue.Url, key.Address), services => services.AddHealthChecks().AddDmexFast());
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = host.Services.GetRequiredService<IDmexClient>();
        await Waiting.Until(() => client.Connections.All(c => c.State == ConnectionState.Ready), "connected in the background");

        var outcome = await client.CancelAsync(Hash(1), TestContext.Current.CancellationToken);
        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        Assert.Equal((key.Address, 2), (client.Account, client.Connections.Count));
        _ = client.Book!.Arm(Hash(2), 1);
        _ = client.Book.Arm(Hash(3), 2);
        var health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(2, health.Data["ready"]);

        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, venue.CanceledCount);
        Assert.Contains(_log.Events, e => e.Id.Id == 9);
        Assert.DoesNotContain(_log.Events, e => e.Id.Name is "Lost" or "LeftOpen" or "PanicFailed" or "WithoutKey");
        Assert.All(_log.Events, e => Assert.DoesNotContain(Convert.ToHexString(KeyBytes), e.Text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Every_mistake_is_named_at_the_start_at_once()
    {
        using var host = Build(new(StringComparer.Ordinal)
        {
            ["Dmex:Endpoint"] = "wss://venue.example/ws",
            ["Dmex:Acount"] = "0x0000000000000000000000000000000000000001",
            ["Dmex:Connections"] = "many",
            ["Dmex:Retry:AckTimeout"] = "1",
            ["Dmex:Retry:AckTimout"] = "00:00:01",
            ["Dmex:Limits:MaxFrameSize"] = "7",
            ["Dmex:Policy"] = "Both",
            ["Dmex:Account"] = "0x12",
            ["Dmex:Transport:PinnedPublicKeys:0"] = "zz",
            ["Dmex:Key:Keystore"] = "key.json",
            ["Dmex:PanicOnShutdown:Enabled"] = "true",
        });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        foreach (var named in (string[])["Dmex:Acount", "Dmex:Connections", "AckTimout", "Dmex:Policy", "Dmex:Account",
            "PinnedPublicKeys", "Dmex:Limits:MaxFrameSize", "Dmex:Key:PasswordFile", "Dmex:PanicOnShutdown:Enabled"])
        {
            Assert.Contains(error.Failures, failure => failure.Contains(named, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_mistakes_of_all_accounts_are_named_at_once()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["a:Endpoint"] = "wss://venue.example/ws",
            ["a:Connections"] = "many",
            ["b:Endpoint"] = "http://venue.example/",
        }).Build();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDmexFast("maker", configuration.GetSection("a"));
        builder.Services.AddDmexFast("taker", configuration.GetSection("b"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(2, error.Failures.Count());
        Assert.Contains(error.Failures, failure => failure.StartsWith("[maker] a:Connections: ", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("[taker] b:Endpoint: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_section_that_is_not_there_and_an_empty_value_are_mistakes()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Dmx:Endpoint", "wss://venue.example/ws")]);
        builder.Services.AddDmexFast(builder.Configuration.GetSection("Dmex"));
        using var misspelt = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => misspelt.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Dmex: the configuration has no", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Dmex:Endpoint: ", StringComparison.Ordinal));

        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Dmex:Endpoint"] = "wss://venue.example/ws",
            ["Dmex:Account"] = "",
            ["Dmex:Key:File"] = "",
        };
        using var empty = Build(settings);
        error = await Assert.ThrowsAsync<OptionsValidationException>(() => empty.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            "Dmex:Account: expected an address: 0x and 40 hex digits, not ''. | Dmex:Key:File: expected a text, not ''.",
            string.Join(" | ", error.Failures));
    }

    [Fact]
    public void Every_option_that_can_be_text_is_read_from_the_configuration()
    {
        Dictionary<string, string?> all = new(StringComparer.Ordinal);
        Collect(typeof(DmexClientOptions), "Dmex", all);
        Collect(typeof(DmexKeyOptions), "Dmex:Key", all);
        Collect(typeof(DmexBookOptions), "Dmex:Book", all);
        Collect(typeof(DmexShutdownOptions), "Dmex:PanicOnShutdown", all);
        DmexHostOptions options = new();
        Configuration.HostOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build().GetSection("Dmex"), options);
        Assert.True(all.Count > 40, $"{all.Count} options");
        Assert.Empty(options.ReadErrors);
        Assert.Equal((7, TimeSpan.FromSeconds(7)), (options.Client.Limits.InFlightCapacity, options.Client.Retry.AckTimeout));
    }

    [Fact]
    public async Task Several_accounts_are_keyed_and_a_venue_that_is_not_there_is_unhealthy_with_the_reason()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        using var key = SigningKey.FromBytes(KeyBytes);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["a:Endpoint"] = venue.Url.ToString(),
            ["b:Endpoint"] = "ws://127.0.0.1:1/ws",
        }).Build();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDmexFast("maker", configuration.GetSection("a"), o => o.Key.Create = _ => SigningKey.FromBytes(KeyBytes));
        builder.Services.AddDmexFast("taker", configuration.GetSection("b"));
        builder.Services.AddHealthChecks().AddDmexFast("maker").AddDmexFast("taker");
        _ = Assert.Throws<InvalidOperationException>(() => builder.Services.AddDmexFast("taker", configuration.GetSection("b")));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var maker = host.Services.GetRequiredKeyedService<IDmexClient>("maker");
        var taker = host.Services.GetRequiredKeyedService<IDmexClient>("taker");
        await Waiting.Until(() => maker.Connections.All(c => c.State == ConnectionState.Ready), "the one is connected");
        await Waiting.Until(() => taker.Connections.All(c => c.LastFailure is not null), "the other cannot");

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal((key.Address, (EthereumAddress?)null), (maker.Account, taker.Account));
        Assert.Equal(HealthStatus.Healthy, report.Entries["dmex-maker"].Status);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["dmex-taker"].Status);
        Assert.Contains("since", report.Entries["dmex-taker"].Description, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", report.Entries["dmex-taker"].Description, StringComparison.Ordinal);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_venue_that_was_never_reached_is_logged_once_and_attempts_do_not_move_the_time_since_when()
    {
        SetTime time = new() { Now = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Dmex:Endpoint"] = "ws://127.0.0.1:1/ws",
            ["Dmex:Connections"] = "1",
            ["Dmex:Reconnect:Delay"] = "00:00:00.01",
            ["Dmex:Reconnect:MaxDelay"] = "00:00:00.05",
        };
        using var host = Build(settings, services => services.AddSingleton<TimeProvider>(time).AddHealthChecks().AddDmexFast());
        await host.StartAsync(TestContext.Current.CancellationToken);
        time.Now = time.Now.AddHours(1);

        await Waiting.Until(() => _log.Events.Count(e => e.Id.Name is "Changed") >= 6, "it was tried several times, which is logged");

        var health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("connection 1 is not ready since 2030-01-02 03:04:05Z (", health.Description, StringComparison.Ordinal);
        var told = Assert.Single(_log.Events, e => e.Id.Name is "Unreachable").Text;
        Assert.Contains("127.0.0.1", told, StringComparison.Ordinal);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_lost_connection_is_degraded_and_logged()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        using var key = SigningKey.FromBytes(KeyBytes);
        var settings = Settings(venue.Url, key.Address);
        settings["Dmex:PanicOnShutdown:Enabled"] = "false";
        settings["Dmex:MoreEndpoints:0"] = "ws://127.0.0.1:1/ws";
        using var host = Build(settings, services => services.AddHealthChecks().AddDmexFast());
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = host.Services.GetRequiredService<IDmexClient>();
        await Waiting.Until(() => client.State == ConnectionState.Ready, "one is connected");

        var health = await HealthAsync(host);

        Assert.Equal(HealthStatus.Degraded, health.Status);
        await venue.DisposeAsync();
        await Waiting.Until(() => _log.Events.Any(e => e.Id.Name is "Lost"), "the loss is logged");
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static OrderHash Hash(byte number) => new([.. Enumerable.Repeat(number, 32)]);

    private static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken))
            .Entries["dmex"];

    private static void Collect(Type type, string path, Dictionary<string, string?> all)
    {
        foreach (var property in type.GetProperties())
        {
            var name = $"{path}:{property.Name}";
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var text = kind == typeof(string) ? "text" : kind == typeof(Uri) ? "wss://h/ws" : kind == typeof(bool) ? "true"
                : kind == typeof(TimeSpan) ? "00:00:07" : kind == typeof(int) || kind == typeof(long) ? "7"
                : kind == typeof(EthereumAddress) ? "0x" + new string('0', 40) : kind.IsEnum ? Enum.GetNames(kind)[0] : null;
            if (text is not null && property.CanWrite)
            {
                all[name] = text;
            }
            else if (property.Name is nameof(DmexClientOptions.MoreEndpoints))
            {
                all[name + ":0"] = "wss://h/ws";
            }
            else if (property.Name is nameof(HandshakeOptions.SubProtocols) or nameof(HandshakeOptions.Headers))
            {
                all[name + ":0"] = "x";
            }
            else if (property.Name is nameof(TransportOptions.PinnedPublicKeys))
            {
                all[name + ":0"] = new string('0', 64);
            }
            else if (kind.Name.EndsWith("Options", StringComparison.Ordinal) && kind != typeof(CancelBookOptions))
            {
                Collect(kind, name, all);
            }
        }
    }

    private static Dictionary<string, string?> Settings(Uri endpoint, EthereumAddress account) => new(StringComparer.Ordinal)
    {
        ["Dmex:Endpoint"] = endpoint.ToString(),
        ["Dmex:Account"] = account.ToString(),
        ["Dmex:Book:Capacity"] = "100",
        ["Dmex:PanicOnShutdown:Enabled"] = "true",
        ["Dmex:PanicOnShutdown:Timeout"] = "00:01:00",
    };

    private IHost Build(Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        var file = Path.Combine(_folder.FullName, "key.txt");
        File.WriteAllText(file, Convert.ToHexString(KeyBytes) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        settings.TryAdd("Dmex:Key:File", file);
        if (settings.ContainsKey("Dmex:Key:Keystore"))
        {
            _ = settings.Remove("Dmex:Key:File");
        }

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddDmexFast(builder.Configuration.GetSection("Dmex"));
        configure?.Invoke(builder.Services);
        return builder.Build();
    }
}
