using Dmex.Fast.Cli.Output;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

/// <summary>Keystores on the command line: made, imported, opened; what is wrong is named, and no password or key is shown.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class KeystoreCommandTests : IDisposable
{
    private const string Secret = "correct horse battery";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-keystore-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_key_is_imported_and_signs_with_the_password_from_a_file_or_a_descriptor()
    {
        var password = Write("password", Secret + "\nnot this line\n");
        var keystore = InFolder("key.json");

        var made = await RunAsync("key", "import", Write("key", TestKey), "--keystore", keystore, "--password-file", password);
        var fromFile = await RunAsync("address", "--keystore", keystore, "--password-file", password);
        var fromDescriptor = await RunAsync(
            new Invocation(["address", "--keystore", keystore, "--password-fd", "7"], Redirections: $"7<'{password}'"));

        Assert.All((Result[])[made, fromFile, fromDescriptor], result =>
            Assert.Equal((0, TestAddress, string.Empty), (result.ExitCode, result.Output.Trim(), result.Error)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keystore));
        }

        Assert.DoesNotContain(TestKey[^16..], await File.ReadAllTextAsync(keystore), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_new_key_in_a_keystore_has_the_address_that_was_printed_and_never_overwrites()
    {
        var password = Write("password", Secret);
        var keystore = InFolder("new.json");

        var made = await RunAsync("key", "new", "--keystore", keystore, "--password-file", password);
        var read = await RunAsync("address", "--keystore", keystore, "--password-file", password);
        var again = await RunAsync("key", "new", "--keystore", keystore, "--password-file", password);

        Assert.Equal((0, made.Output), (read.ExitCode, read.Output));
        AssertFails(again, ExitCode.BadInput, "never overwritten");
    }

    [Fact]
    public async Task A_keystore_that_cannot_be_opened_is_named_with_the_reason()
    {
        var password = Write("password", Secret);
        var broken = Write("broken.json", "{\"version\":3");
        var costly = Write("costly.json", """
            {"version":3,"crypto":{"cipher":"aes-128-ctr","ciphertext":"0000000000000000000000000000000000000000000000000000000000000000",
            "cipherparams":{"iv":"00000000000000000000000000000000"},"mac":"0000000000000000000000000000000000000000000000000000000000000000",
            "kdf":"scrypt","kdfparams":{"dklen":32,"salt":"00","n":1073741824,"r":8,"p":1}}}
            """);
        var light = Write("light.json", """
            {"version":3,"crypto":{"cipher":"aes-128-ctr","ciphertext":"0000000000000000000000000000000000000000000000000000000000000000",
            "cipherparams":{"iv":"00000000000000000000000000000000"},"mac":"0000000000000000000000000000000000000000000000000000000000000000",
            "kdf":"pbkdf2","kdfparams":{"dklen":32,"salt":"00","c":1,"prf":"hmac-sha256"}}}
            """);

        AssertFails(await RunAsync("address", "--keystore", light, "--password-file", password), ExitCode.KeyUnusable, "password is wrong");
        AssertFails(
            await RunAsync("address", "--keystore", broken, "--password-file", password), ExitCode.KeyUnusable, "not JSON, or cut off");
        AssertFails(
            await RunAsync("address", "--keystore", costly, "--password-file", password), ExitCode.KeyUnusable, "more memory or time");
        AssertFails(
            await RunAsync("address", "--keystore", InFolder("none"), "--password-file", password), ExitCode.KeyUnusable, "no such file");
        AssertFails(await RunAsync("address", "--keystore", light, "--password-fd", "63"), ExitCode.KeyUnusable, "not open");
        AssertFails(await RunAsync("address", "--keystore", light), ExitCode.KeyUnusable, "no terminal");
    }

    [Fact]
    public async Task Flags_that_contradict_each_other_are_refused()
    {
        var key = Write("key", TestKey);
        AssertFails(await RunAsync("address", "--key-file", key, "--keystore", key), ExitCode.BadInput, "contradict");
        AssertFails(await RunAsync("address", "--key-file", key, "--password-file", key), ExitCode.BadInput, "needs --keystore");
        AssertFails(await RunAsync("address", "--keystore", key, "--password-fd", "0"), ExitCode.BadInput, "above 2");
        AssertFails(await RunAsync("key", "new", "--out", InFolder("a"), "--keystore", InFolder("b")), ExitCode.BadInput, "either --out");
        AssertFails(await RunAsync("key", "import", key), ExitCode.BadInput, "--keystore");
        AssertFails(
            await RunAsync("key", "import", Write("nokey", "0x12"), "--keystore", InFolder("b"), "--password-file", key),
            ExitCode.KeyUnusable, "too short");
        AssertFails(
            await RunAsync("key", "import", key, "--keystore", InFolder("b"), "--password-file", Write("empty", "\n")),
            ExitCode.KeyUnusable, "is empty");
        Assert.False(File.Exists(InFolder("b")));
    }

    private static void AssertFails(Result result, ExitCode code, string text)
    {
        Assert.Equal((int)code, result.ExitCode);
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.DoesNotContain(Secret, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(TestKey[2..], result.Error, StringComparison.Ordinal);
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, string text)
    {
        var path = InFolder(name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
