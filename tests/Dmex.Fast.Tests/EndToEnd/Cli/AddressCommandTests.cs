using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class AddressCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dmex-key-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_address_of_the_environments_key_is_printed_with_its_checksum()
    {
        var result = await RunAsync(new Invocation(["address"], TestKey));

        Assert.Equal((0, TestAddress + "\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("")]
    [InlineData(" \t\n\n")]
    public async Task A_key_file_may_end_in_white_space(string end)
    {
        var result = await RunAsync("address", "--key-file", WriteKeyFile(TestKey + end));

        Assert.Equal((0, TestAddress + "\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_named_key_file_wins_over_the_environment()
    {
        var other = "0x" + new string('0', 63) + "2";

        var result = await RunAsync(new Invocation(["address", "--key-file", WriteKeyFile(TestKey)], other));

        Assert.Equal(TestAddress + "\n", result.Output);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_key_file_open_to_others_is_refused_with_what_to_do(UnixFileMode opened)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such mode bits.");
            return;
        }

        var path = WriteKeyFile(TestKey);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | opened);

        var result = await RunAsync("address", "--key-file", path);

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains($"chmod 600 {path}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_the_error_says_where_to_put_one()
    {
        var result = await RunAsync("address");

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains("--key-file", result.Error, StringComparison.Ordinal);
        Assert.Contains("DMEX_PRIVATE_KEY", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_file_is_named()
    {
        var path = Path.Combine(_folder, "absent");

        var result = await RunAsync("address", "--key-file", path);

        Assert.Equal(5, result.ExitCode);
        Assert.Contains(path, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdeg")] // not a digit
    [InlineData("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")] // the group order
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcd")] // a byte too short
    [InlineData("0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef12")] // a byte too long
    public async Task A_wrong_key_is_refused_without_a_trace_of_it(string wrong)
    {
        var fromEnvironment = await RunAsync(new Invocation(["address"], wrong));
        var fromFile = await RunAsync("address", "--key-file", WriteKeyFile(wrong));

        foreach (var result in new[] { fromEnvironment, fromFile })
        {
            Assert.Equal((5, ""), (result.ExitCode, result.Output));
            Assert.DoesNotContain(wrong[2..10], result.Error, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("64 hex digits", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_given_as_an_argument_is_refused_and_not_repeated()
    {
        var key = "0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef";

        var result = await RunAsync("address", key);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.DoesNotContain("1234567890", result.Error, StringComparison.Ordinal);
    }

    private string WriteKeyFile(string text)
    {
        var path = Path.Combine(_folder, "key");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
