using System.Text;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Key files: made, read again, and refused with a reason that shows nothing of the key.</summary>
public sealed class KeyFileTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, SigningKey.Size).Select(i => (byte)(i * 7))];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-key-file-");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_written_key_is_opened_again_and_is_its_owners_alone()
    {
        var path = InFolder("new");
        KeyFile.Write(path, Key);
        using var expected = SigningKey.FromBytes(Key);
        using var key = KeyFile.Open(path);
        Assert.Equal(expected.Address, key.Address);
        var bytes = new byte[SigningKey.Size];
        KeyFile.Read(path, bytes);
        Assert.Equal(Key, bytes);
        Assert.Equal($"0x{Convert.ToHexStringLower(Key)}\n", File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        var twice = Assert.Throws<SecretFileException>(() => KeyFile.Write(path, Key));
        Assert.True(twice.IsOutput);
        Assert.Contains("never overwritten", twice.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_that_others_may_read_is_refused_with_the_remedy()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var path = Write("open", Convert.ToHexString(Key), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var error = Assert.Throws<SecretFileException>(() => KeyFile.Open(path));
        Assert.Contains("can be read or written by other users (mode 0604)", error.Fault, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {path}", error.Remedy, StringComparison.Ordinal);

        var password = Write("password", "secret\n", UnixFileMode.UserRead | UnixFileMode.GroupWrite);
        var keystore = Write("keystore", Encoding.UTF8.GetString(Keystore.Write(Key, "secret", KeystoreKdf.Pbkdf2)), UnixFileMode.UserRead);
        error = Assert.Throws<SecretFileException>(() => KeyFile.OpenKeystore(keystore, password));
        Assert.Contains("password file", error.Fault, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(password, UnixFileMode.UserRead);
        }

        using var key = KeyFile.OpenKeystore(keystore, password);
        var wrong = Write("wrong", "tr0ub4dor\n", UnixFileMode.UserRead);
        var refused = Assert.Throws<KeystoreException>(() => KeyFile.OpenKeystore(keystore, wrong));
        Assert.Equal(KeystoreError.WrongPassword, refused.Error);
        Assert.StartsWith(keystore, refused.Message, StringComparison.Ordinal);
        Assert.Contains(wrong, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tr0ub4dor", refused.ToString(), StringComparison.Ordinal);
        using var expected = SigningKey.FromBytes(Key);
        Assert.Equal(expected.Address, key.Address);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("\n0101010101010101010101010101010101010101010101010101010101010101", "begins with a blank or an empty line")]
    [InlineData("0X0101010101010101010101010101010101010101010101010101010101010101", "begins with 0X")]
    [InlineData("01010101010101010101010101010101010101010101010101010101010101", "too short")]
    [InlineData("010101010101010101010101010101010101010101010101010101010101010g", "character 64 of 64")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "it is 0")]
    public void A_file_without_a_key_is_refused_with_the_reason_and_without_its_text(string text, string fault)
    {
        var path = Write("wrong", text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var error = Assert.Throws<SecretFileException>(() => KeyFile.Open(path));
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
        Assert.DoesNotContain("0101010101", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_is_named_as_what_it_is()
    {
        var none = Assert.Throws<SecretFileException>(() => KeyFile.Open(InFolder("none")));
        Assert.Contains("no such file", none.Fault, StringComparison.Ordinal);
        var folder = Assert.Throws<SecretFileException>(() => KeyFile.Open(_folder.FullName));
        Assert.Contains("is a directory", folder.Fault, StringComparison.Ordinal);
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, string text, UnixFileMode mode)
    {
        var path = InFolder(name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }

        return path;
    }
}
