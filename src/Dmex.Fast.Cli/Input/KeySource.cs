using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;

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

    // More than a key file may hold, so that what is cut here is refused there.
    private const int MaxBytes = 512;

    /// <summary>The option that names the key file; the same for every command that signs.</summary>
    public static Option<FileInfo?> CreateOption() => new("--key-file")
    {
        HelpName = "FILE",
        Description = "File with the private key (64 hex digits, with or without 0x), readable by its owner alone. Without it, "
            + $"{EnvironmentVariable} is read, which is weaker.",
    };

    /// <summary>Takes the variable out of this process's environment, so that no process it starts inherits the key.</summary>
    public static void ForgetEnvironment() => Environment.SetEnvironmentVariable(EnvironmentVariable, null);

    /// <summary>Reads the key from the file if one is named, else from the environment.</summary>
    /// <exception cref="CommandException">There is no key.</exception>
    /// <exception cref="SecretFileException">It cannot be read, is open to others, or is not a key.</exception>
    /// <exception cref="OperationCanceledException">A signal came while the file kept it waiting.</exception>
    public static Task<SigningKey> LoadAsync(FileInfo? keyFile, CancellationToken cancellationToken) =>
        Interruption.LeaveAsync(() => Load(keyFile), cancellationToken);

    private static SigningKey Load(FileInfo? keyFile) => keyFile is null ? ParseEnvironment() : KeyFile.Open(keyFile.FullName);

    private static SigningKey ParseEnvironment()
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        try
        {
            return KeyFile.Parse($"The value of {EnvironmentVariable}", buffer[..ReadEnvironment(buffer)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static int ReadEnvironment(Span<byte> buffer)
    {
        var text = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new CommandException(
                ExitCode.KeyUnusable,
                "There is no private key.",
                $"Put it into a file, run 'chmod 600 FILE', and name the file with --key-file FILE (or set {EnvironmentVariable}, "
                    + "which is weaker); 'dmex key new --out FILE' makes a new one.");
        }

        return Encoding.UTF8.TryGetBytes(text, buffer, out var length) ? length : buffer.Length;
    }
}
