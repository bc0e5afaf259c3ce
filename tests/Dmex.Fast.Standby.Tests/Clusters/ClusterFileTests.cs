using System.Text.Json.Nodes;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Local;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Clusters;

/// <summary>Each mistake in a cluster's file is refused with what is wrong and what to do.</summary>
public sealed class ClusterFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-cluster-");

    public ClusterFileTests() => NatsClusterConfiguration.Write(
        Target, new NatsClusterOptions { Servers = ["n1.test", "n2.test", "n3.test"], Books = ["e1"] });

    /// <summary>What is changed in the file, the exit code, and what the error says.</summary>
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { """{"servers": ["n1.test", "n2.test", "N1.test:4222"]}""", "BadInput", "'N1.test:4222' is named twice" },
        { """{"servers": ["n1.test", "n2.test"]}""", "BadInput", "1, 3 or 5 of them" },
        { """{"servers": ["http://n1.test", "n2.test", "n3.test"]}""", "BadInput", "host[:port] each" },
        { """{"servers": null}""", "BadInput", "Servers: 1, 3 or 5 of them" },
        { """{"certificateAuthorityFile": null}""", "BadInput", "without TLS anyone on the way reads and forges" },
        { """{"certificateAuthorityFile": "other.pem"}""", "BadInput", "there is no file" },
        { """{"seedFile": null}""", "KeyUnusable", "who this process is must be named" },
        { """{"seedFile": "none"}""", "KeyUnusable", "SeedFile: there is no file" },
        { """{"keyFile": "none"}""", "KeyUnusable", "KeyFile: there is no file" },
        { """{"keyFile": null}""", "KeyUnusable", "the file names no key" },
        { """{"book": "E 1"}""", "BadInput", "Book: 1 to 32 of a-z" },
        { """{"role": "Operator"}""", "BadInput", "is the file of the role operator; this takes that of the standby" },
        { """{"role": "Owner"}""", "BadInput", "is not a cluster's file" },
        { """{"replicas": 1}""", "BadInput", "a stream with one copy is lost with its server" },
        { """{"sevrers": ["n1.test"]}""", "BadInput", "sevrers" },
        { "[]", "BadInput", "is not a cluster's file" },
        { "null", "BadInput", "it is empty" },
    };

    private string Target => Path.Combine(_folder.FullName, "cluster");

    private string FileOf => Path.Combine(Target, "e1", "standby", NatsClusterConfiguration.ClientFileName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_init_wrote_is_taken() => Assert.Equal("e1", ClusterAccess.Read(FileOf, NatsStandbyRole.Standby).Book);

    [Theory]
    [InlineData("70000", "UdpListen: a port from 1 to 65535")]
    [InlineData("s1.test:7400", "is a name")]
    [InlineData("192.0.2.1:7400", "cannot be listened on")]
    public async Task A_wrong_place_to_listen_by_udp_is_refused_with_its_remedy(string udp, string expected)
    {
        var result = await DmexChild.RunAsync("standby", "--cluster", FileOf, "--name", "s1", "--url", "wss://venue.test/ws", "--udp", udp);
        Assert.Equal((int)ExitCode.BadInput, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains("--udp", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_remedy(string change, string exitCode, string expected)
    {
        if (JsonNode.Parse(change) is JsonObject changes)
        {
            var file = JsonNode.Parse(File.ReadAllText(FileOf))!.AsObject();
            foreach (var (name, value) in changes)
            {
                file[name] = value?.DeepClone();
            }

            change = file.ToJsonString();
        }

        File.WriteAllText(FileOf, change);
        IsRefused(exitCode, expected);
    }

    [Theory]
    [InlineData("standby.key")]
    [InlineData("seed.nk")]
    public void A_secret_that_others_can_read_is_refused(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        File.SetUnixFileMode(
            Path.Combine(Path.GetDirectoryName(FileOf)!, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        IsRefused("KeyUnusable", "can be read or written by others: chmod 600");
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        File.Delete(FileOf);
        IsRefused("BadInput", "there is no such file");
    }

    [Fact]
    public void A_key_file_that_holds_no_key_is_refused_without_showing_what_it_holds()
    {
        var key = Path.Combine(Path.GetDirectoryName(FileOf)!, "standby.key");
        var text = File.ReadAllText(key);
        File.WriteAllText(key, text[..40]);
        var error = Assert.Throws<CommandException>(() => ClusterAccess.Open(FileOf, NatsStandbyRole.Standby));
        Assert.Equal(ExitCode.KeyUnusable, error.ExitCode);
        Assert.Contains("does not hold a standby key", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text[..8], error.Message, StringComparison.Ordinal);
    }

    private void IsRefused(string exitCode, string expected)
    {
        var error = Assert.Throws<CommandException>(() => ClusterAccess.Read(FileOf, NatsStandbyRole.Standby));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(exitCode, error.ExitCode.ToString());
        Assert.NotEmpty(error.Remedy);
    }
}
