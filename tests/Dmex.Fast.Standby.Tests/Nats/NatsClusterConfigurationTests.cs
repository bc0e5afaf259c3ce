using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

public sealed class NatsClusterConfigurationTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-nats-");

    private string Target => Path.Combine(_folder.FullName, "cluster");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_secret_can_be_read_by_its_owner_alone_and_no_roles_secret_is_in_a_servers_folder()
    {
        Write("nats-1.example.com", "nats-2.example.com", "nats-3.example.com");
        string[] secrets = ["seed.nk", "standby.key", "server.key", "ca.key"];
        foreach (var file in Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories))
        {
            if (secrets.Contains(Path.GetFileName(file)) && !OperatingSystem.IsWindows())
            {
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
            }
        }

        var seed = File.ReadAllText(Path.Combine(Target, "e1", "engine", "seed.nk")).Trim();
        var key = File.ReadAllText(Path.Combine(Target, "e1", "engine", "standby.key")).Trim();
        Assert.StartsWith("SU", seed, StringComparison.Ordinal);
        Assert.Equal(64, key.Length);
        Assert.Equal(key, File.ReadAllText(Path.Combine(Target, "e1", "standby", "standby.key")).Trim());
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Target, "server-1")))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain(seed, text, StringComparison.Ordinal);
            Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(Target, "server-1", "ca.key")));
        using var standbyKey = StandbyKey.OpenFile(Path.Combine(Target, "e1", "operator", "standby.key"));
    }

    [Theory]
    [InlineData("nats-1.example.com", "nats-2.example.com", "nats-3.example.com")]
    [InlineData("10.77.0.11", "10.77.0.12:5222", "[fd00::1]")]
    public void The_certificate_of_a_server_is_for_its_host_by_the_one_authority(params string[] servers)
    {
        Write(servers);
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Target, "authority", "ca.pem"));
        for (var i = 0; i < servers.Length; i++)
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Target, $"server-{i + 1}", "server.pem"));
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            Assert.True(chain.Build(certificate));
            var host = new Uri("nats://" + servers[i]).Host.Trim('[', ']');
            Assert.True(certificate.MatchesHostname(host));
            Assert.False(certificate.MatchesHostname("nats-4.example.com"));
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    public async Task The_server_accepts_its_configuration(int servers, bool syncAlways)
    {
        var program = Requirement.FindProgram("nats-server");
        Requirement.Of(program is not null, "nats-server (Debian's package nats-server).");
        NatsClusterConfiguration.Write(
            Target,
            new NatsClusterOptions
            {
                Servers = [.. Enumerable.Range(1, servers).Select(host => $"10.77.0.{host}")],
                Books = ["e1", "e2"],
                SyncAlways = syncAlways,
            });
        for (var i = 1; i <= servers; i++)
        {
            var file = Path.Combine(Target, $"server-{i}", NatsClusterConfiguration.ServerFileName);
            var start = new ProcessStartInfo(program!, ["-t", "-c", file]) { UseShellExecute = false, RedirectStandardError = true };
            using var check = Process.Start(start)!;
            var output = await check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await check.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(check.ExitCode == 0, output + File.ReadAllText(file));
        }
    }

    [Fact]
    public void Writing_through_to_the_disk_is_asked_of_servers_that_know_it()
    {
        NatsClusterConfiguration.Write(Target, new NatsClusterOptions { Servers = ["127.0.0.1"], SyncAlways = true });
        Assert.Contains(
            "sync_interval: always",
            File.ReadAllText(Path.Combine(Target, "server-1", NatsClusterConfiguration.ServerFileName)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_written_options_are_valid_wherever_their_folder_lies()
    {
        Write("10.77.0.11", "10.77.0.12", "10.77.0.13");
        var elsewhere = Path.Combine(_folder.FullName, "elsewhere");
        Directory.Move(Path.Combine(Target, "e1", "standby"), elsewhere);
        var options = NatsStandbyOptions.Load(Path.Combine(elsewhere, NatsClusterConfiguration.ClientFileName));
        Assert.Empty(options.GetErrors());
        Assert.Equal(NatsStandbyRole.Standby, options.Role);
        Assert.Equal("e1", options.Book);
        Assert.Equal(["10.77.0.11:4222", "10.77.0.12:4222", "10.77.0.13:4222"], options.Servers);
    }

    [Fact]
    public void A_directory_that_is_not_empty_is_left_as_it_is()
    {
        Write("10.77.0.11", "10.77.0.12", "10.77.0.13");
        var seed = File.ReadAllText(Path.Combine(Target, "e1", "engine", "seed.nk"));
        var thrown = Assert.Throws<IOException>(() => Write("10.77.0.11", "10.77.0.12", "10.77.0.13"));
        Assert.Contains("is not empty", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(seed, File.ReadAllText(Path.Combine(Target, "e1", "engine", "seed.nk")));
        Assert.Equal(Target, Assert.Single(Directory.GetDirectories(_folder.FullName)));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_and_nothing_is_written()
    {
        var options = new NatsClusterOptions
        {
            Servers = ["10.0.0.1:4222", "10.0.0.1:5222", "a b"],
            Books = ["e 1"],
            InstallDirectory = "relative",
            RoutePortOffset = 70_000,
            CertificateLifetime = TimeSpan.Zero,
            MaxFileBytes = 1,
        };
        var thrown = Assert.Throws<ArgumentException>(() => NatsClusterConfiguration.Write(Target, options));
        string[] expected =
        [
            "is on a host named before", "host[:port] each", "RoutePortOffset:", "Books:", "InstallDirectory: an absolute path",
            "CertificateLifetime:", "MaxFileBytes:",
        ];
        Assert.All(expected, part => Assert.Contains(part, thrown.Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Target));
    }

    private void Write(params string[] servers) =>
        NatsClusterConfiguration.Write(Target, new NatsClusterOptions { Servers = servers, Books = ["e1"] });
}
