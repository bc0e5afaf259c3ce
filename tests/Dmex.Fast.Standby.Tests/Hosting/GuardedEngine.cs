using System.Collections.Concurrent;
using Dmex.Fast.Hosting;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Hosting;
using Dmex.Fast.Standby.Hosting.Hosts;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Venue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Hosting;

/// <summary>
/// A hosted engine, and a standby that never had its key, at a simulated venue with a list of open orders; the link is in memory, all else
/// is as in production.
/// </summary>
internal sealed class GuardedEngine : IAsyncDisposable
{
    /// <summary>Longer than a busy machine holds up a host that stops.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(3);

    private static readonly byte[] KeyBytes = [.. Enumerable.Repeat((byte)0x47, 32)];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-guarded-");
    private readonly MemoryHub _hub = new();
    private readonly string _keyFile;
    private readonly string _book;
    private readonly StandbyKey _standbyKey;
    private readonly SigningKey _key = SigningKey.FromBytes(KeyBytes);
    private readonly VenueFirer _firer;
    private Timer? _pulse;

    private GuardedEngine(string book, SimulatedVenue venue, VenueFirer firer)
    {
        _book = book;
        Venue = venue;
        _firer = firer;
        _keyFile = Path.Combine(_folder.FullName, "standby.key");
        StandbyKey.CreateFile(_keyFile);
        _standbyKey = StandbyKey.OpenFile(_keyFile);
        Standby = new StandbyService(OptionsOf("s1"), _standbyKey, new MemoryLink(_hub), firer);
        Host = NewHost();
    }

    public SimulatedVenue Venue { get; }

    public StandbyService Standby { get; }

    public IHost Host { get; private set; }

    public IDmexClient Client => Host.Services.GetRequiredService<IDmexClient>();

    public StandbyEngine Engine => Host.Services.GetRequiredService<StandbyEngine>();

    public ConcurrentQueue<(string Category, int Id)> Log { get; } = new();

    public static async Task<GuardedEngine> StartAsync(string book, CancellationToken cancellationToken)
    {
        using var key = SigningKey.FromBytes(KeyBytes);
        var venue = await SimulatedVenue.StartAsync(new VenueOptions(), cancellationToken);
        var firer = new VenueFirer(new DmexClientOptions { Endpoint = venue.Url }, new PanicOptions());
        await firer.ConnectAsync(new StandbyOwner(key.Address, venue.Url), cancellationToken);
        var guarded = new GuardedEngine(book, venue, firer);
        guarded.Standby.Start();
        await guarded.Host.StartAsync(cancellationToken);
        return guarded;
    }

    public static OrderHash Hash(byte number) => new([.. Enumerable.Repeat(number, 32)]);

    /// <summary>The trading loop pulses, by a timer, as none in production must.</summary>
    public void BeginPulsing() => _pulse ??= new Timer(_ => Client.Pulse(), null, 0, 20);

    public void EndPulsing()
    {
        _pulse?.Dispose();
        _pulse = null;
    }

    /// <summary>Arms an order and creates it at the venue.</summary>
    public ArmResult Create(byte number)
    {
        var result = Client.Book!.Arm(Hash(number), tag: 1);
        Open(number);
        return result;
    }

    /// <summary>Creates an order at the venue that nobody has armed.</summary>
    public void Open(byte number) => Venue.OpenOrder(Hash(number).AsSpan(), _key.Address.AsSpan());

    public bool IsOpen(byte number) => Venue.GetState(Hash(number).AsSpan()) == VenueOrderState.Open;

    /// <summary>The engine ends as if it was killed: it takes no leave of its standbys. Then it comes back, with an empty book.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        EndPulsing();
        await Host.Services.GetRequiredKeyedService<StandbyHost>(string.Empty).EndAsync(mayOrdersBeOpen: true);
        await Host.StopAsync(cancellationToken);
        Host.Dispose();
        await Until(() => Standby.State.Fenced > 0, "the standby fires");
        Host = NewHost();
        await Host.StartAsync(cancellationToken);
    }

    public async Task<HealthReportEntry> HealthAsync(CancellationToken cancellationToken) =>
        (await Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellationToken)).Entries["dmex-standby"];

    public static async Task Until(Func<bool> condition, string what)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(1), $"Not reached: {what}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        EndPulsing();
        await Host.StopAsync();
        Host.Dispose();
        await Standby.DisposeAsync();
        await _firer.DisposeAsync();
        _standbyKey.Dispose();
        _key.Dispose();
        await Venue.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private StandbyClusterOptions OptionsOf(string name) => new()
    {
        Name = name,
        Book = _book,
        Beat = TimeSpan.FromMilliseconds(20),
        Ttl = Ttl,
        MaxPulseGap = TimeSpan.FromMilliseconds(200),
    };

    private IHost NewHost()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Dmex:Endpoint"] = Venue.Url.ToString(),
            ["Dmex:Account"] = _key.Address.ToString(),
            ["Dmex:Book:Capacity"] = "100",
            ["Dmex:OpenOrders:ListLag"] = "00:00:00.1",
            ["Dmex:OpenOrders:Endpoint"] = Venue.ListUrl.ToString(),
            ["DmexStandby:Book"] = _book,
            ["DmexStandby:KeyFile"] = _keyFile,
            ["DmexStandby:Beat"] = "00:00:00.020",
            ["DmexStandby:Ttl"] = Ttl.ToString(),
            ["DmexStandby:MaxPulseGap"] = "00:00:00.200",
        });
        builder.Logging.AddProvider(new Collector(Log)).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddDmexFast(
            builder.Configuration.GetSection("Dmex"), options => options.Key.Create = _ => SigningKey.FromBytes(KeyBytes));
        builder.Services.AddDmexStandby(
            builder.Configuration.GetSection("DmexStandby"), options => options.CreateLink = _ => new MemoryLink(_hub));
        builder.Services.AddHealthChecks().AddDmexStandby();
        return builder.Build();
    }

    private sealed class Collector(ConcurrentQueue<(string Category, int Id)> log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, log);

        public void Dispose()
        {
        }
    }

    private sealed class Logger(string category, ConcurrentQueue<(string Category, int Id)> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue((category, eventId.Id));
    }
}
