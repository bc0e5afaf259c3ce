using Xunit;

namespace Dmex.Fast.Standby.Tests.Sealing;

public sealed class StandbyKeyTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"standby-{Guid.NewGuid():n}.key");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_new_file_is_for_its_owner_alone_and_is_not_overwritten()
    {
        StandbyKey.CreateFile(_path);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        }

        using var key = StandbyKey.OpenFile(_path);
        Assert.Equal("StandbyKey", key.ToString());
        Assert.Contains("not there yet", Assert.Throws<StandbyKeyException>(() => StandbyKey.CreateFile(_path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_is_open_to_others_is_refused_with_the_remedy(UnixFileMode others)
    {
        StandbyKey.CreateFile(_path);
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no modes on this system.");
            return;
        }

        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Contains($"chmod 600 {_path}", Assert.Throws<StandbyKeyException>(() => StandbyKey.OpenFile(_path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddee")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeffff")]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void What_is_no_key_is_refused_and_not_repeated_in_the_message(string text)
    {
        File.WriteAllText(_path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_path, UnixFileMode.UserRead);
        }

        var message = Assert.Throws<StandbyKeyException>(() => StandbyKey.OpenFile(_path)).Message;
        Assert.Contains("64 hexadecimal digits", message, StringComparison.Ordinal);
        Assert.DoesNotContain("112233", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains(_path, Assert.Throws<StandbyKeyException>(() => StandbyKey.OpenFile(_path)).Message, StringComparison.Ordinal);
}
