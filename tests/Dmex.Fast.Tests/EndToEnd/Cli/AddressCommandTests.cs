using System.Text;
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

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("\n \n", "it is empty")]
    [InlineData("\uFEFF" + TestKey, "byte-order mark")]
    [InlineData("\n" + TestKey, "begins with a blank or an empty line")]
    [InlineData("0X0000000000000000000000000000000000000000000000000000000000000001", "begins with 0X")]
    [InlineData(TestKey + "\n" + TestKey, "several lines")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000001", "62 hex digits, which is too short")]
    [InlineData(TestKey + "1", "65 hex digits, which is too long")]
    [InlineData("0x0000000000g00000000000000000000000000000000000000000000000000000", "character 11 of 64")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000", "it is 0, or not below the order")]
    public async Task Each_wrong_form_of_a_key_file_is_named(string text, string expected)
    {
        var result = await RunAsync("address", "--key-file", WriteKeyFile(text));

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_file_in_utf_16_is_named(bool hasMark)
    {
        var path = WriteKeyFile("");
        await File.WriteAllTextAsync(path, TestKey, new UnicodeEncoding(bigEndian: false, byteOrderMark: hasMark));

        var result = await RunAsync("address", "--key-file", path);

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains("UTF-16", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/null", "is a device")]
    [InlineData("/", "is a directory")]
    public async Task What_is_no_file_is_no_key_file_and_no_mode_is_advised(string path, string expected)
    {
        var result = await RunAsync("address", "--key-file", path);

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("chmod", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mounted_secret_that_a_group_of_this_process_may_read_is_taken()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The group of a file is known on Linux.");
            return;
        }

        var path = WriteKeyFile(TestKey);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var result = await RunAsync("address", "--key-file", path);

        Assert.Equal((0, TestAddress + "\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_new_key_goes_to_a_new_file_for_its_owner_alone_and_only_its_address_is_printed()
    {
        var path = Path.Combine(_folder, "new");

        var made = await RunAsync("key", "new", "--out", path);
        var read = await RunAsync("address", "--key-file", path);
        var again = await RunAsync("key", "new", "--out", path);

        Assert.Equal((0, 0, 2), (made.ExitCode, read.ExitCode, again.ExitCode));
        Assert.Equal(read.Output, made.Output);
        Assert.Matches("^0x[0-9a-f]{64}\n$", await File.ReadAllTextAsync(path));
        Assert.Contains("never overwritten", again.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
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
