using System.Security.Cryptography;
using System.Text;
using Dmex.Fast.Keys.Files;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Keys;

/// <summary>
/// Files with a private key as 64 hex digits, with or without <c>0x</c>, and keystores beside a file with their password. Each may be
/// read by its owner alone, or by a group of this process when it is mounted read-only; what was read is zeroed. Thread-safe.
/// </summary>
public static class KeyFile
{
    // 0x and 64 digits, and room for the blanks and line ends that editors leave behind.
    private const int MaxKeyText = 256;
    private const int MaxPassword = 1024;
    private const int MaxKeystore = 64 * 1024;

    /// <summary>Opens the key of a file.</summary>
    /// <param name="path">The file, or a pipe.</param>
    /// <exception cref="SecretFileException">It cannot be read, is open to others, or is not a key.</exception>
    public static SigningKey Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);

        // Outside the managed heap's reach: a stack buffer is never copied by the collector, and it is wiped below.
        Span<byte> buffer = stackalloc byte[MaxKeyText + 1];
        try
        {
            return Parse($"The key file {path}", buffer[..SecretFile.Read("key file", path, buffer)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>Opens a keystore with the password in a file.</summary>
    /// <param name="path">The keystore: Web3 Secret Storage, version 3.</param>
    /// <param name="passwordFile">A file whose first line is the password, in UTF-8.</param>
    /// <exception cref="SecretFileException">One of the files cannot be read, or the password's is open to others or no text.</exception>
    /// <exception cref="KeystoreException">The keystore cannot be opened.</exception>
    public static SigningKey OpenKeystore(string path, string passwordFile)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(passwordFile);
        Span<char> password = stackalloc char[MaxPassword];
        try
        {
            return Keystore.Open(ReadKeystore(path), password[..ReadPassword(passwordFile, password)]);
        }
        catch (KeystoreException error)
        {
            throw new KeystoreException(
                error.Error,
                error.Error == KeystoreError.WrongPassword
                    ? $"{path}: {error.Message} The password is the first line of {passwordFile}."
                    : $"{path}: {error.Message}");
        }
        finally
        {
            password.Clear();
        }
    }

    /// <summary>Makes a new file, with mode 0600, that holds a key in hex.</summary>
    /// <param name="path">The file; one that is there is never overwritten.</param>
    /// <param name="key">32 bytes, big-endian.</param>
    /// <exception cref="SecretFileException">There is such a file already, or it cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, SigningKey.Size, nameof(key));
        Span<byte> text = stackalloc byte[2 + (2 * SigningKey.Size) + 1];
        try
        {
            "0x"u8.CopyTo(text);
            KeyHex.Encode(key, text[2..]);
            text[^1] = (byte)'\n';
            SecretFile.WriteNew(path, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Reads the bytes of a key file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">Receives 32 bytes, big-endian; the caller zeroes it.</param>
    /// <exception cref="SecretFileException">It cannot be read, is open to others, or is not a key.</exception>
    public static void Read(string path, Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, SigningKey.Size, nameof(key));
        Span<byte> buffer = stackalloc byte[MaxKeyText + 1];
        try
        {
            var text = buffer[..SecretFile.Read("key file", path, buffer)];
            Parse($"The key file {path}", text).Dispose(); // what passes is 64 hex digits, with or without 0x
            KeyHex.Decode(text.StartsWith("0x"u8) ? text[2..] : text, key[..SigningKey.Size]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>Reads a key's text.</summary>
    /// <param name="source">What to call it in an error: the file, or another place.</param>
    /// <param name="text">The text; one that is longer than a key file may be is refused.</param>
    /// <exception cref="SecretFileException">It is not a key.</exception>
    internal static SigningKey Parse(string source, ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxKeyText)
        {
            throw NotKey(source, $"it is longer than {MaxKeyText} bytes", "Is this the right one?");
        }

        try
        {
            return SigningKey.Parse(text.TrimEnd(" \t\r\n"u8));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // The cause is left out: its text is about the key.
            var (fault, remedy) = KeyForm.Describe(text);
            throw NotKey(source, fault, remedy);
        }
    }

    /// <summary>Reads a keystore's text.</summary>
    internal static byte[] ReadKeystore(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var buffer = new byte[MaxKeystore + 1];
            return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SecretFileException(
                $"The keystore {path} cannot be read: {FileCause.Of(error, path)}", "Check the path, and that you may read the file.",
                error);
        }
    }

    /// <summary>Reads a password's file into at least <see cref="MaxPassword"/> characters, which the caller clears.</summary>
    internal static int ReadPassword(string path, Span<char> password)
    {
        Span<byte> buffer = stackalloc byte[MaxPassword + 1];
        try
        {
            return DecodePassword(buffer[..SecretFile.Read("password file", path, buffer)], password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>Takes the first line of a password's text.</summary>
    internal static int DecodePassword(ReadOnlySpan<byte> text, Span<char> password)
    {
        var line = text.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0 ? text[..end] : text;
        return line.Length > MaxPassword
            ? throw new SecretFileException($"The password is longer than {MaxPassword} bytes.", "Is this the right file?")
            : Encoding.UTF8.TryGetChars(line, password, out var count) ? count
            : throw new SecretFileException("The password is no text.", "Save it as UTF-8.");
    }

    private static SecretFileException NotKey(string source, string fault, string remedy) => new(
        $"{source} is not a private key: {fault}.",
        $"{remedy} A key is 64 hex digits, with or without 0x, at least 1 and below the order of secp256k1, and nothing else.");
}
