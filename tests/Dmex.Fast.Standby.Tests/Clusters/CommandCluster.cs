using System.Text.Json;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Local;
using Dmex.Fast.Standby.Tests.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Clusters;

/// <summary>Three nats-servers on loopback with what <c>dmex standby init</c> wrote. Each test takes a book of its own.</summary>
public sealed class CommandCluster : IAsyncLifetime
{
    private const int Books = 12;
    private const int RoutePortOffset = 2000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-commands-");
    private readonly List<NatsTestServer> _servers = [];
    private int _books;

    /// <summary>What the command said.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Where it wrote.</summary>
    public string Target => Path.Combine(_folder.FullName, "cluster");

    public async ValueTask InitializeAsync()
    {
        if (Requirement.FindProgram("nats-server") is not { } program)
        {
            return;
        }

        var servers = NatsTestCluster.FindPorts(RoutePortOffset).Select(port => $"127.0.0.1:{port}").ToArray();
        var result = await DmexChild.RunAsync(
            ["standby", "init", "--directory", Target, "--servers", string.Join(',', servers),
                "--books", .. Enumerable.Range(1, Books).Select(number => $"b{number}")]);
        Assert.Equal(0, result.ExitCode);
        Said = result.Output;
        for (var i = 0; i < servers.Length; i++)
        {
            var file = Path.Combine(Target, $"server-{i + 1}", NatsClusterConfiguration.ServerFileName);
            var server = new NatsTestServer([program,
                "-c", file], "127.0.0.1", int.Parse(servers[i].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
            _servers.Add(server);
            server.Start();
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
    }

    /// <summary>A book that no other test uses; skips the test where there are no servers.</summary>
    public string NewBook()
    {
        Requirement.Of(_servers.Count > 0, "nats-server (Debian's package nats-server).");
        return $"b{Interlocked.Increment(ref _books)}";
    }

    /// <summary>The file by which a role connects.</summary>
    public string File(string book, NatsStandbyRole role) =>
        Path.Combine(Target, book, role.ToString().ToLowerInvariant(), NatsClusterConfiguration.ClientFileName);

    /// <summary>What <c>dmex standby status --cluster</c> says, and its exit code.</summary>
    public async Task<(int ExitCode, JsonElement Said)> StatusAsync(string book)
    {
        var result = await DmexChild.RunAsync("standby", "status", "--cluster", File(book, NatsStandbyRole.Operator), "--json");
        Assert.True(result.Output.StartsWith('{'), result.Output + result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return (result.ExitCode, document.RootElement.Clone());
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        _folder.Delete(recursive: true);
        return default;
    }

    private void Stop() => _servers.ForEach(server => server.Dispose());
}
