using System.Security.Cryptography;
using System.Text;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>Opens the key that the options name. What was read is zeroed.</summary>
internal static class KeySource
{
    /// <exception cref="KeystoreException">The keystore cannot be opened.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="FormatException">The file has no key.</exception>
    public static SigningKey? Open(DmexKeyOptions options, IServiceProvider services) =>
        options.Create is { } create ? create(services)
        : options.Keystore is { } keystore ? OpenKeystore(keystore, options.PasswordFile!)
        : options.File is { } file ? ReadHex(file)
        : null;

    private static SigningKey ReadHex(string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            return SigningKey.Parse(bytes.AsSpan().Trim(" \t\r\n"u8));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static SigningKey OpenKeystore(string path, string passwordFile)
    {
        var bytes = File.ReadAllBytes(passwordFile);
        var password = Array.Empty<char>();
        try
        {
            var line = bytes.AsSpan();
            line = line.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0 ? line[..end] : line;
            password = new char[Encoding.UTF8.GetCharCount(line)];
            _ = Encoding.UTF8.GetChars(line, password);
            return Keystore.Open(File.ReadAllBytes(path), password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(password);
        }
    }
}
