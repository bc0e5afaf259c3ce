using System.Net;
using System.Net.Sockets;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>
/// Three nats-servers on loopback with the configuration that <see cref="NatsClusterConfiguration"/> writes, but that they announce
/// each other to clients, as clusters configured elsewhere do. Each test has a book of its own.
/// </summary>
public sealed class NatsTestCluster : IAsyncDisposable
{
    private const int ServerCount = 3;
    private const int Books = 40;
    private const int RoutePortOffset = 7000;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(40);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-nats-");
    private NatsTestServer[] _servers = [];
    private int _books;

    internal IReadOnlyList<NatsTestServer> Servers => _servers;

    /// <summary>Every server's last lines.</summary>
    public string Log => string.Join('\n', _servers.Select(server => server.Log));

    /// <summary>Starts what is not running, and waits until the streams can be used.</summary>
    public async Task StartAsync()
    {
        var program = Requirement.FindProgram("nats-server");
        Requirement.Of(program is not null, "nats-server (Debian's package nats-server).");
        if (_servers.Length == 0)
        {
            Configure(program!);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAll();
        }

        foreach (var server in _servers)
        {
            server.Thaw();
            server.Start();
        }

        using var timeout = new CancellationTokenSource(StartTimeout);
        await using var probe = NatsStandbyLink.Open(Options("probe", NatsStandbyRole.Engine));
        try
        {
            await probe.WaitForServersAsync(ServerCount, timeout.Token);
            await WaitForStreamAsync(probe, timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException($"The cluster did not start:\n{string.Join('\n', probe.Servers)}\n{Log}", e);
        }
    }

    /// <summary>A book that no other test uses.</summary>
    public string NewBook()
    {
        var number = Interlocked.Increment(ref _books);
        return number <= Books ? $"b{number}" : throw new InvalidOperationException($"More than {Books} books.");
    }

    /// <summary>The file by which a role connects.</summary>
    public string File(string book, NatsStandbyRole role) => Path.Combine(
        _folder.FullName, "cluster", book, role.ToString().ToLowerInvariant(), NatsClusterConfiguration.ClientFileName);

    public NatsStandbyOptions Options(string book, NatsStandbyRole role)
    {
        var options = NatsStandbyOptions.Load(File(book, role));
        options.MaxStreamBytes = 16 << 20;
        options.RequestTimeout = TimeSpan.FromSeconds(1);
        options.ElectionTimeout = TimeSpan.FromSeconds(20);
        return options;
    }

    /// <summary>Opens a link and waits until every server that runs is connected.</summary>
    public async Task<NatsStandbyLink> OpenAsync(string book, NatsStandbyRole role, CancellationToken cancellationToken)
    {
        var link = NatsStandbyLink.Open(Options(book, role));
        await link.WaitForServersAsync(_servers.Count(server => server.IsRunning), cancellationToken);
        return link;
    }

    /// <summary>The place of the server that leads a book's stream.</summary>
    public Task<int> FindLeaderAsync(string book, CancellationToken cancellationToken) =>
        StreamLeader.FindAsync(Options(book, NatsStandbyRole.Engine), cancellationToken);

    public ValueTask DisposeAsync()
    {
        StopAll();
        _folder.Delete(recursive: true);
        return default;
    }

    private static async Task WaitForStreamAsync(NatsStandbyLink link, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _ = await link.GetLastSequenceAsync(cancellationToken);
                return;
            }
            catch (Links.StandbyLinkException)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private void Configure(string program)
    {
        var ports = FindPorts(RoutePortOffset);
        var folder = Path.Combine(_folder.FullName, "cluster");
        NatsClusterConfiguration.Write(
            folder,
            new NatsClusterOptions
            {
                Servers = [.. ports.Select(port => $"127.0.0.1:{port}")],
                Books = ["probe", .. Enumerable.Range(1, Books).Select(number => $"b{number}")],
                RoutePortOffset = RoutePortOffset,
            });
        _servers = new NatsTestServer[ServerCount];
        for (var i = 0; i < ServerCount; i++)
        {
            var file = Path.Combine(folder, $"server-{i + 1}", NatsClusterConfiguration.ServerFileName);
            var text = System.IO.File.ReadAllText(file);
            System.IO.File.WriteAllText(file, text.Replace("no_advertise: true", "no_advertise: false", StringComparison.Ordinal));
            _servers[i] = new NatsTestServer([program, "-c", file], "127.0.0.1", ports[i]);
        }
    }

    /// <summary>Ports that are free now, with their partners for the other servers.</summary>
    internal static int[] FindPorts(int partner)
    {
        var found = new List<int>();
        for (var i = 0; i < 1000 && found.Count < ServerCount; i++)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            if (!found.Contains(port) && IsFree(port) && IsFree(port + partner))
            {
                found.Add(port);
            }
        }

        return [.. found];
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void StopAll()
    {
        foreach (var server in _servers)
        {
            server.Thaw();
            server.Dispose();
        }
    }
}
