using System.Text;
using System.Text.Json.Nodes;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using Nethereum.KeyStore;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Keystore files: those that others wrote, those that others read, and hostile ones.</summary>
public sealed class KeystoreTests
{
    private const string SpecKey = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
    private const string WalletKey = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    private const string SmallKey = "00000000000000000000000000000000000000000000000000000000000000ff";

    [Theory]
    [InlineData("spec-pbkdf2.json", "testpassword", SpecKey)]
    [InlineData("spec-scrypt.json", "testpassword", SpecKey)]
    [InlineData("ethers-scrypt.json", "correct horse battery staple", WalletKey)]
    [InlineData("ethers-light.json", "light", SmallKey)]
    [InlineData("web3-pbkdf2.json", "pässwörd 密码", WalletKey)]
    public void A_file_that_others_wrote_is_opened(string file, string password, string hex)
    {
        using var expected = SigningKey.FromBytes(Convert.FromHexString(hex));
        using var key = Keystore.Open(Vector(file), password);
        Assert.Equal(expected.Address, key.Address);
    }

    [Theory]
    [InlineData(KeystoreKdf.Scrypt, SpecKey)]
    [InlineData(KeystoreKdf.Pbkdf2, SmallKey)]
    public void What_is_written_is_read_by_Nethereum_and_here(KeystoreKdf kdf, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var written = Keystore.Write(bytes, "pass wörd", kdf);

        var theirs = new KeyStoreService().DecryptKeyStoreFromJson("pass wörd", Encoding.UTF8.GetString(written));
        using var ours = Keystore.Open(written, "pass wörd");

        Assert.Equal(bytes, theirs);
        using var expected = SigningKey.FromBytes(bytes);
        Assert.Equal(expected.Address, ours.Address);
        Assert.DoesNotContain(hex, Encoding.UTF8.GetString(written), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_Nethereum_writes_is_opened()
    {
        var bytes = Convert.FromHexString(SpecKey);
        using var expected = SigningKey.FromBytes(bytes);
        var json = new KeyStoreService().EncryptAndGenerateDefaultKeyStoreAsJson("theirs", bytes, expected.Address.ToString());
        using var key = Keystore.Open(Encoding.UTF8.GetBytes(json), "theirs");
        Assert.Equal(expected.Address, key.Address);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData("light ")]
    public void A_wrong_password_is_told_without_showing_it(string password)
    {
        var error = Assert.Throws<KeystoreException>(() => Keystore.Open(Vector("ethers-light.json"), password));
        Assert.Equal(KeystoreError.WrongPassword, error.Error);
        Assert.True(password.Length == 0 || !error.Message.Contains("'" + password, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_the_place()
    {
        var whole = Vector("ethers-light.json");
        for (var length = 0; length < whole.Length - 3; length += 7)
        {
            var error = Assert.Throws<KeystoreException>(() => Keystore.Open(whole.AsMemory(0, length), "light"));
            Assert.Equal(KeystoreError.Malformed, error.Error);
        }
    }

    [Theory]
    [InlineData("version", "4", KeystoreError.NotSupported)]
    [InlineData("crypto.cipher", "\"aes-256-cbc\"", KeystoreError.NotSupported)]
    [InlineData("crypto.kdf", "\"argon2\"", KeystoreError.NotSupported)]
    [InlineData("crypto.kdfparams.dklen", "64", KeystoreError.NotSupported)]
    [InlineData("crypto.kdfparams.n", "4095", KeystoreError.Malformed)]
    [InlineData("crypto.kdfparams.n", "0", KeystoreError.Malformed)]
    [InlineData("crypto.kdfparams.n", "1073741824", KeystoreError.TooCostly)]
    [InlineData("crypto.kdfparams.r", "1073741824", KeystoreError.TooCostly)]
    [InlineData("crypto.kdfparams.p", "2147483647", KeystoreError.TooCostly)]
    [InlineData("crypto.kdfparams.p", "2147483648", KeystoreError.Malformed)]
    [InlineData("crypto.kdfparams.salt", "\"zz\"", KeystoreError.Malformed)]
    [InlineData("crypto.kdfparams", "[]", KeystoreError.Malformed)]
    [InlineData("crypto.ciphertext", "\"00\"", KeystoreError.Malformed)]
    [InlineData("crypto.mac", "\"0000000000000000000000000000000000000000000000000000000000000000\"", KeystoreError.WrongPassword)]
    [InlineData("address", "\"0000000000000000000000000000000000000001\"", KeystoreError.WrongAddress)]
    [InlineData("crypto", "null", KeystoreError.Malformed)]
    public void A_changed_member_is_refused_by_its_kind(string path, string value, KeystoreError expected)
    {
        var root = JsonNode.Parse(Vector("ethers-light.json"))!;
        var names = path.Split('.');
        var parent = root;
        foreach (var name in names[..^1])
        {
            parent = parent[name] ?? parent["Crypto"]!;
        }

        var member = parent[names[^1]] is null && names[^1] is "crypto" ? "Crypto" : names[^1];
        parent[member] = JsonNode.Parse(value);
        var error = Assert.Throws<KeystoreException>(() => Keystore.Open(Encoding.UTF8.GetBytes(root.ToJsonString()), "light"));
        Assert.Equal(expected, error.Error);
    }

    [Fact]
    public void Costly_pbkdf2_and_long_files_are_refused_before_any_work()
    {
        var root = JsonNode.Parse(Vector("spec-pbkdf2.json"))!;
        root["crypto"]!["kdfparams"]!["c"] = int.MaxValue;
        var costly = Assert.Throws<KeystoreException>(() => Keystore.Open(Encoding.UTF8.GetBytes(root.ToJsonString()), "x"));
        Assert.Equal(KeystoreError.TooCostly, costly.Error);
        var huge = Assert.Throws<KeystoreException>(() => Keystore.Open(new byte[1 << 20], "x"));
        Assert.Equal(KeystoreError.Malformed, huge.Error);
    }

    [Fact]
    public void An_empty_password_writes_nothing() =>
        Assert.Throws<ArgumentException>(() => { _ = Keystore.Write(Convert.FromHexString(SpecKey), string.Empty); });

    private static byte[] Vector(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", file));
}
