using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>Opens keystore files, and says in the command's words why one cannot be opened.</summary>
internal static class KeystoreFile
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Opens a keystore.</summary>
    /// <exception cref="CommandException">It cannot be read or opened.</exception>
    public static SigningKey Open(string path, ReadOnlySpan<char> password)
    {
        try
        {
            return Keystore.Open(Read(path), password);
        }
        catch (KeystoreException error)
        {
            throw Wrong($"{path}: {error.Message}", error.Error switch
            {
                KeystoreError.WrongPassword => "Check the password, and that it is the one of this file.",
                KeystoreError.WrongAddress => "Restore the file from a copy.",
                KeystoreError.Malformed => "Name the keystore file; a file with the key itself is for --key-file.",
                _ => "Or give the key itself, with --key-file.",
            });
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var buffer = new byte[MaxBytes + 1];
            return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Wrong(
                $"The keystore {path} cannot be read: {ErrorText.Cause(error, path)}", "Check the path, and that you may read the file.");
        }
    }

    private static CommandException Wrong(string message, string remedy) => new(ExitCode.KeyUnusable, message, remedy);
}
