using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

public sealed class NatsStandbyOptionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-nats-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Three_servers_on_loopback_need_no_TLS() =>
        Assert.Empty(new NatsStandbyOptions { Servers = ["127.0.0.1:1", "127.0.0.1:2", "[::1]:3"], Book = "e1" }.GetErrors());

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_its_remedy()
    {
        var options = new NatsStandbyOptions
        {
            Servers = ["10.0.0.1", "NATS://10.0.0.1:4222", "http://10.0.0.2", "10.0.0.3"],
            Book = "a.b",
            Role = (NatsStandbyRole)9,
            User = "engine",
            SeedFile = Path.Combine(_folder.FullName, "none"),
            Replicas = 1,
            MaxStreamBytes = 5,
            RequestTimeout = TimeSpan.Zero,
        };
        var thrown = Assert.Throws<ArgumentException>(options.Validate);
        string[] expected =
        [
            "Servers: 1, 3 or 5 of them",
            "is named twice",
            "host[:port] each",
            "CertificateAuthorityFile: needed for 10.0.0.3:4222",
            "Replicas: 3 or 5",
            "Book: 1 to 32",
            "Role: Engine, Standby or Operator",
            "SeedFile, CredentialsFile, User: one of them",
            "User and Password: both or neither",
            "SeedFile: there is no file",
            "MaxStreamBytes: at least",
            "RequestTimeout: from 50 ms",
        ];
        Assert.All(expected, part => Assert.Contains(part, thrown.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_single_server_keeps_one_replica_and_no_more()
    {
        Assert.Empty(new NatsStandbyOptions { Servers = ["127.0.0.1"], Book = "e1", Replicas = 1 }.GetErrors());
        Assert.Contains(
            new NatsStandbyOptions { Servers = ["127.0.0.1"], Book = "e1", Replicas = 3 }.GetErrors(),
            error => error.StartsWith("Replicas:", StringComparison.Ordinal));
    }

    [Fact]
    public void With_TLS_somebody_must_be_named()
    {
        var authority = Path.Combine(_folder.FullName, "ca.pem");
        File.WriteAllText(authority, "");
        var options = new NatsStandbyOptions
        {
            Servers = ["a", "b", "c"],
            Book = "e1",
            CertificateAuthorityFile = authority,
        };
        Assert.Contains("who this process is must be named", Assert.Single(options.GetErrors()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_others_can_read_is_refused_with_the_remedy()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Modes are Unix's.");
            return;
        }

        var seed = Path.Combine(_folder.FullName, "seed.nk");
        File.WriteAllText(seed, "SU");
        File.SetUnixFileMode(seed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var options = new NatsStandbyOptions { Servers = ["127.0.0.1"], Book = "e1", Replicas = 1, SeedFile = seed };
        Assert.Contains("chmod 600", Assert.Single(options.GetErrors()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_that_is_none_is_named_without_its_text()
    {
        var seed = Path.Combine(_folder.FullName, "seed.nk");
        File.WriteAllText(seed, "SUsecretbutnotaseed");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(seed, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var options = new NatsStandbyOptions { Servers = ["127.0.0.1:1"], Book = "e1", Replicas = 1, SeedFile = seed };
        var thrown = Assert.Throws<ArgumentException>(() => NatsStandbyLink.Open(options));
        Assert.Contains(seed, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secretbut", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_clusters_file_is_refused_where_it_goes_wrong()
    {
        var path = Path.Combine(_folder.FullName, "cluster.json");
        File.WriteAllText(path, """{ "book": "e1", "role": "Standby", "servers": [], "replica": 3 }""");
        var thrown = Assert.Throws<InvalidDataException>(() => NatsStandbyOptions.Load(path));
        Assert.Contains("replica", thrown.Message, StringComparison.Ordinal);
    }
}
