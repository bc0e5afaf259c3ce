using System.Security.Cryptography;
using System.Text;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <summary>
/// The key that an engine and its standbys share, and nobody else: it seals what goes over the cluster. It comes from a file of 64
/// hexadecimal digits that only its owner may read, which is never in the cluster. It is not the account's key, and signs nothing.
/// Thread-safe; zeroed when it is disposed.
/// </summary>
public sealed class StandbyKey : IDisposable
{
    private const int Size = 32;
    private const int Digits = 2 * Size;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly byte[] _key;
    private bool _isDisposed;

    private StandbyKey(byte[] key) => _key = key;

    /// <summary>Makes a new key in a new file of mode 0600.</summary>
    /// <param name="path">A file that is not there yet.</param>
    /// <exception cref="StandbyKeyException">The file is there already, or cannot be written.</exception>
    public static void CreateFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Span<byte> key = stackalloc byte[Size];
        Span<byte> text = stackalloc byte[Digits + 1];
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = Owner;
            }

            using var file = new FileStream(path, options);
            RandomNumberGenerator.Fill(key);
            _ = Convert.TryToHexStringLower(key, text, out _);
            text[Digits] = (byte)'\n';
            file.Write(text);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StandbyKeyException(
                $"The standby key {path} was not written: {e.Message} Name a file that is not there yet, in a folder that you may write.",
                e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Reads the key of a file that nobody but its owner may read.</summary>
    /// <param name="path">A file of <see cref="CreateFile"/>, copied to each host by hand.</param>
    /// <exception cref="StandbyKeyException">
    /// The file cannot be read, can be read or written by others, or does not hold a key; the message says which, and what to do.
    /// </exception>
    public static StandbyKey OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Span<byte> text = stackalloc byte[Digits + 2];
        try
        {
            // No buffer: the bytes go from the kernel to this span and nowhere else.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            RefuseOthers(file, path);
            var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return Parse(text[..length], path);
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not StandbyKeyException)
        {
            throw new StandbyKeyException(
                $"The standby key {path} cannot be read: {e.Message} Check the path, and that you may read the file.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            CryptographicOperations.ZeroMemory(_key);
        }
    }

    /// <summary>Never the key.</summary>
    public override string ToString() => nameof(StandbyKey);

    /// <summary>The cipher of one sender's life: its key is derived by HKDF (RFC 5869) with SHA-256.</summary>
    /// <param name="book">The book's name: the salt.</param>
    /// <param name="sender">Who seals, and in which generation and session.</param>
    internal AesGcm Derive(string book, in SealedSender sender)
    {
        Span<byte> info = stackalloc byte[SealedSender.Size];
        sender.Write(info);
        Span<byte> subkey = stackalloc byte[Size];
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, subkey, Encoding.UTF8.GetBytes($"dmex standby 1 {book}"), info);
            }

            return new AesGcm(subkey, SealedHeader.TagSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(subkey);
        }
    }

    private static StandbyKey Parse(ReadOnlySpan<byte> text, string path)
    {
        var digits = text.TrimEnd((byte)'\n');
        var key = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        if (digits.Length != Digits || Convert.FromHexString(digits, key, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            CryptographicOperations.ZeroMemory(key);
            throw new StandbyKeyException(
                $"{path} does not hold a standby key, which is {Digits} hexadecimal digits. "
                + "Copy the file again from the host that made it.");
        }

        return new StandbyKey(key);
    }

    /// <summary>Looks at the open file and not at its path, so that it cannot be swapped in between.</summary>
    private static void RefuseOthers(FileStream file, string path)
    {
        if (BookFileAccess.OpenToOthers(file.SafeFileHandle) is { } mode)
        {
            throw new StandbyKeyException(
                $"The standby key {path} is open to other users (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}). "
                + $"Run 'chmod 600 {path}'; if somebody else may have read it, make a new key and copy it to each host.");
        }
    }
}
