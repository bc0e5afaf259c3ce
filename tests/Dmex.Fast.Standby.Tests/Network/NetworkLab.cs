using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Nats;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>
/// Hosts as network namespaces on one switch, each with an address of its own, which can be muted and cut off without a carrier event:
/// three servers, the engine's host, two standbys' hosts and the venue's. Needs root. What it starts, it ends.
/// </summary>
internal sealed class NetworkLab : IDisposable
{
    public const string Engine = "engine";
    public const string FirstStandby = "s1";
    public const string SecondStandby = "s2";
    public const string Venue = "venue";

    private const int Books = 20;
    private const string Prefix = "dmexlab";
    private const string NobodysAddress = "02:00:00:00:00:99";

    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["n1"] = 11,
        ["n2"] = 12,
        ["n3"] = 13,
        [Engine] = 21,
        [FirstStandby] = 31,
        [SecondStandby] = 32,
        [Venue] = 41,
    };

    private readonly string _ip;
    private readonly string _name = $"{Prefix}{Environment.ProcessId}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-lab-");
    private readonly List<LabProcess> _processes = [];
    private readonly EventHandler _atExit;
    private NatsTestServer[] _servers = [];
    private int _books;
    private bool _isDisposed;

    public NetworkLab()
    {
        var ip = Requirement.FindProgram("ip");
        Requirement.Of(ip is not null, "ip (Debian's package iproute2).");
        _ip = ip!;
        _atExit = (_, _) => Dispose();
        AppDomain.CurrentDomain.ProcessExit += _atExit;
        try
        {
            RemoveLeftovers();
            var isMade = TryMake(out var problem);
            Requirement.Of(isMade, $"network namespaces, which need root: {problem}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The servers of the cluster, once started.</summary>
    public IReadOnlyList<NatsTestServer> Servers => _servers;

    public static string AddressOf(string host) => $"10.77.0.{Numbers[host]}";

    /// <summary>A book that was not used before.</summary>
    public string NewBook() => $"e{++_books}";

    /// <summary>The file by which a role connects.</summary>
    public string ClusterFile(string book, NatsStandbyRole role) => Path.Combine(
        _folder.FullName, "cluster", book, role.ToString().ToLowerInvariant(), NatsClusterConfiguration.ClientFileName);

    /// <summary>Writes the cluster's configuration and starts a server on each of its hosts.</summary>
    public void StartServers()
    {
        var program = Requirement.FindProgram("nats-server");
        Requirement.Of(program is not null, "nats-server (Debian's package nats-server).");
        var cluster = Path.Combine(_folder.FullName, "cluster");
        string[] hosts = ["n1", "n2", "n3"];
        NatsClusterConfiguration.Write(
            cluster,
            new NatsClusterOptions
            {
                Servers = [.. hosts.Select(AddressOf)],
                Books = [.. Enumerable.Range(1, Books).Select(number => $"e{number}")],
            });
        _servers = [.. hosts.Select((host, i) => new NatsTestServer(
            Command(host, [program!, "-c", Path.Combine(cluster, $"server-{i + 1}", NatsClusterConfiguration.ServerFileName)]),
            AddressOf(host),
            NatsStandbyOptions.DefaultPort))];
        foreach (var server in _servers)
        {
            server.Start();
        }
    }

    /// <summary>Starts a process of <see cref="LabProgram"/> on a host.</summary>
    public LabProcess Start(string host, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Dmex.Fast.Standby.Tests");
        var process = new LabProcess(Command(host, [program, LabProgram.Word, .. arguments]));
        _processes.Add(process);
        return process;
    }

    /// <summary>Nothing that the host sends arrives, at once and without a carrier event; it hears still.</summary>
    public void Mute(string host) => Neighbors(host, Others(host), isBogus: true);

    public void Unmute(string host) => Neighbors(host, Others(host), isBogus: false);

    /// <summary>Nothing passes between the host and all others, in either direction.</summary>
    public void CutOff(string host) => CutOff(host, [.. Others(host)]);

    /// <summary>Nothing passes between the host and some others, in either direction.</summary>
    public void CutOff(string host, params string[] from)
    {
        Neighbors(host, from, isBogus: true);
        foreach (var other in from)
        {
            Neighbors(other, [host], isBogus: true);
        }
    }

    public void Heal(string host) => Heal(host, [.. Others(host)]);

    public void Heal(string host, params string[] from)
    {
        Neighbors(host, from, isBogus: false);
        foreach (var other in from)
        {
            Neighbors(other, [host], isBogus: false);
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        AppDomain.CurrentDomain.ProcessExit -= _atExit;
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        foreach (var server in _servers)
        {
            server.Dispose();
        }

        _ = TryBatch([], Namespaces().Select(name => $"netns del {name}"), isForced: true, out _);
        _folder.Delete(recursive: true);
    }

    private static IEnumerable<string> Others(string host) =>
        Numbers.Keys.Where(other => !string.Equals(other, host, StringComparison.Ordinal));

    private IEnumerable<string> Namespaces() => Numbers.Keys.Append("switch").Select(NamespaceOf);

    private string NamespaceOf(string host) => $"{_name}-{host}";

    private IReadOnlyList<string> Command(string host, IEnumerable<string> command) =>
        [_ip, "netns", "exec", NamespaceOf(host), .. command];

    private void Neighbors(string host, IEnumerable<string> others, bool isBogus)
    {
        var lines = others.Select(other => isBogus
            ? $"neigh replace {AddressOf(other)} lladdr {NobodysAddress} dev eth0 nud permanent"
            : $"neigh del {AddressOf(other)} dev eth0");
        if (!TryBatch(["-n", NamespaceOf(host)], lines, isForced: !isBogus, out var problem) && isBogus)
        {
            throw new InvalidOperationException(problem);
        }
    }

    private bool TryMake(out string problem)
    {
        var network = NamespaceOf("switch");
        var ports = Numbers.Keys.SelectMany(host => new[]
        {
            $"link add v-{host} type veth peer name eth0 netns {NamespaceOf(host)}",
            $"link set v-{host} master br0 up",
        });
        if (!TryBatch([], Namespaces().Select(name => $"netns add {name}"), isForced: false, out problem)
            || !TryBatch(["-n", network], ["link add br0 type bridge", "link set br0 up", .. ports], isForced: false, out problem))
        {
            return false;
        }

        foreach (var host in Numbers.Keys)
        {
            string[] lines = [$"addr add {AddressOf(host)}/24 dev eth0", "link set eth0 up", "link set lo up"];
            if (!TryBatch(["-n", NamespaceOf(host)], lines, isForced: false, out problem))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a run of these tests that was killed left behind.</summary>
    private void RemoveLeftovers()
    {
        var names = Run(["netns", "list"]).Split('\n').Select(line => line.Split(' ')[0]);
        foreach (var name in names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (int.TryParse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var owner)
                && !Directory.Exists($"/proc/{owner}"))
            {
                foreach (var process in Run(["netns", "pids", name]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    using var left = Process.GetProcessById(int.Parse(process, CultureInfo.InvariantCulture));
                    left.Kill();
                }

                _ = Run(["netns", "del", name]);
            }
        }
    }

    private string Run(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_ip, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private bool TryBatch(IEnumerable<string> arguments, IEnumerable<string> lines, bool isForced, out string problem)
    {
        var start = new ProcessStartInfo(_ip, [.. isForced ? ["-force"] : Array.Empty<string>(), .. arguments, "-batch", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(string.Join('\n', lines) + "\n");
        process.StandardInput.Close();
        problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
