using System.CommandLine;
using System.Security.Cryptography;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Cli.Input;

/// <summary>
/// Where the private key comes from: a file that only its owner can read, or an environment variable (weaker: other
/// processes of the same user can read it, children inherit it, and the runtime's copy of it cannot be wiped). No message
/// from here holds any part of the key.
/// </summary>
internal static class KeySource
{
    /// <summary>The environment variable that may hold the key.</summary>
    public const string EnvironmentVariable = "DMEX_PRIVATE_KEY";

    // 0x and 64 digits, and room for the blanks and line ends that editors leave behind.
    private const int MaxFileBytes = 256;

    private const string ExpectedForm = "A key is 64 hex digits, with or without 0x, at least 1 and below the order of secp256k1";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The option that names the key file; the same for every command that signs.</summary>
    public static Option<FileInfo?> CreateOption() => new("--key-file")
    {
        HelpName = "FILE",
        Description = $"File with the private key (64 hex digits, with or without 0x), readable by its owner alone. Without it, {EnvironmentVariable} is read, which is weaker.",
    };

    /// <summary>Takes the variable out of this process's environment, so that no process it starts inherits the key.</summary>
    public static void ForgetEnvironment() => Environment.SetEnvironmentVariable(EnvironmentVariable, null);

    /// <summary>Reads the key from the file if one is named, else from the environment.</summary>
    /// <exception cref="CommandException">There is no key, it is open to others, or it is not a key.</exception>
    public static SigningKey Load(FileInfo? keyFile)
    {
        if (keyFile is not null)
        {
            return LoadFile(keyFile.FullName);
        }

        var text = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new CommandException(
                ExitCode.KeyUnusable,
                "There is no private key.",
                $"Put it into a file, run 'chmod 600 FILE', and name the file with --key-file FILE (or set {EnvironmentVariable}, which is weaker).");
        }

        try
        {
            return SigningKey.Parse(text.AsSpan().Trim());
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // The cause is left out: its text is about the key.
            throw new CommandException(
                ExitCode.KeyUnusable, $"The value of {EnvironmentVariable} is not a private key.", $"{ExpectedForm}: correct the variable.");
        }
    }

    private static SigningKey LoadFile(string path)
    {
        // Outside the managed heap's reach: a stack buffer is never copied by the collector, and it is wiped below.
        Span<byte> buffer = stackalloc byte[MaxFileBytes + 1];
        try
        {
            using var file = Open(path);
            RefuseOpenToOthers(file.SafeFileHandle, path);
            var text = buffer[..ReadAll(file, path, buffer)].TrimEnd(" \t\r\n"u8);
            return SigningKey.Parse((ReadOnlySpan<byte>)text);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new CommandException(
                ExitCode.KeyUnusable, $"The file {path} does not hold a private key.", $"{ExpectedForm}, and nothing else: correct the file.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            // No buffer: the bytes go from the kernel to the caller's span and nowhere else.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>Looks at the open file and not at its path, so that it cannot be swapped in between.</summary>
    private static void RefuseOpenToOthers(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            throw new CommandException(
                ExitCode.KeyUnusable,
                $"The key file {path} can be read or written by other users.",
                $"Run 'chmod 600 {path}'. If somebody else may have read it, move your funds to a new key.");
        }
    }

    private static int ReadAll(FileStream file, string path, Span<byte> buffer)
    {
        int length;
        try
        {
            length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }

        return length <= MaxFileBytes
            ? length
            : throw new CommandException(
                ExitCode.KeyUnusable,
                $"The key file {path} is longer than {MaxFileBytes} bytes.",
                $"{ExpectedForm}, and nothing else: is this the right file?");
    }

    private static CommandException Unreadable(string path, Exception cause) => new(
        ExitCode.KeyUnusable, $"The key file {path} cannot be read: {cause.Message}", "Check the path and that you own the file.", cause);
}
