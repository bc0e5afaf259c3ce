using System.Diagnostics;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>An operator's way: what was written is started by the script, and every role does its part.</summary>
[Collection(nameof(NatsClusterGroup))]
public sealed class StandbyClusterScriptTests : IDisposable
{
    private const int RoutePortOffset = 7000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-nats-");

    private string Target => Path.Combine(_folder.FullName, "cluster");

    public void Dispose()
    {
        if (Directory.Exists(Target))
        {
            _ = Run("stop", Target);
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Three_servers_are_started_used_by_every_role_and_stopped()
    {
        Requirement.Of(Requirement.FindProgram("nats-server") is not null, "nats-server (Debian's package nats-server).");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Write(null);
        var (exitCode, printed) = Run("start", Target);
        Assert.True(exitCode == 0, printed);
        Assert.Equal(3, printed.Split("runs as", StringSplitOptions.None).Length - 1);

        await using (var engine = Open(NatsStandbyRole.Engine))
        await using (var standby = Open(NatsStandbyRole.Standby))
        await using (var operators = Open(NatsStandbyRole.Operator))
        {
            await engine.WaitForServersAsync(3, timeout.Token);
            await standby.WaitForServersAsync(3, timeout.Token);
            await operators.WaitForServersAsync(3, timeout.Token);
            Assert.Equal(1UL, await engine.AppendAsync(StandbyStreamKind.Generation, new byte[1], 0, timeout.Token));
            Assert.Equal(2UL, await standby.AppendAsync(StandbyStreamKind.Fence, new byte[1], null, timeout.Token));
            Assert.Equal(2UL, await operators.GetLastSequenceAsync(timeout.Token));
        }

        Assert.Equal(0, Run("status", Target).ExitCode);
        Assert.Equal(0, Run("stop", Target).ExitCode);
        Assert.Equal(1, Run("status", Target).ExitCode);
    }

    [Fact]
    public void A_server_is_laid_out_on_its_host_once_readable_by_its_owner_alone()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("For Debian's hosts.");
            return;
        }

        Requirement.Of(Requirement.FindProgram("nats-server") is not null, "nats-server (Debian's package nats-server).");
        Write("/var/lib/dmex-nats");
        var root = Path.Combine(_folder.FullName, "root");
        var (exitCode, printed) = Run("install", Target, "2", root);
        Assert.True(exitCode == 0, printed);
        var laidOut = Path.Combine(root, "var/lib/dmex-nats");
        var names = Directory.GetFiles(laidOut).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
        Assert.Equal("ca.pem nats-server.conf server.key server.pem", string.Join(' ', names));
        foreach (var file in Directory.GetFiles(laidOut))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Contains(
            "nats-server -c /var/lib/dmex-nats/nats-server.conf",
            File.ReadAllText(Path.Combine(root, "etc/systemd/system/dmex-nats.service")),
            StringComparison.Ordinal);
        Assert.Contains("is there already", Run("install", Target, "2", root).Printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_no_clusters_is_refused_with_the_remedy()
    {
        var (exitCode, printed) = Run("start", _folder.FullName);
        Assert.Equal(1, exitCode);
        Assert.Contains("dmex standby init", printed, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Printed) Run(string verb, string directory, string? server = null, string? root = null)
    {
        var script = Path.Combine(FindRepository(), "build", "standby-cluster");
        var start = new ProcessStartInfo("bash", [script, verb, directory, .. server is null ? Array.Empty<string>() : [server]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (root is not null)
        {
            start.Environment["DESTDIR"] = root;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dmex.Fast.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Not in the repository.");
        }

        return folder.FullName;
    }

    private void Write(string? installDirectory)
    {
        var ports = NatsTestCluster.FindPorts(RoutePortOffset);
        NatsClusterConfiguration.Write(
            Target,
            new NatsClusterOptions
            {
                Servers = [.. ports.Select(port => $"127.0.0.1:{port}")],
                Books = ["e1"],
                RoutePortOffset = RoutePortOffset,
                InstallDirectory = installDirectory,
            });
    }

    private NatsStandbyLink Open(NatsStandbyRole role)
    {
        var options = NatsStandbyOptions.Load(
            Path.Combine(Target, "e1", role.ToString().ToLowerInvariant(), NatsClusterConfiguration.ClientFileName));
        options.ElectionTimeout = TimeSpan.FromSeconds(30);
        return NatsStandbyLink.Open(options);
    }
}
