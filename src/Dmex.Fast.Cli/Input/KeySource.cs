using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Dmex.Fast.Cli.Output;
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

    // 0x and 64 digits, and room for the blanks and line ends that editors leave behind.
    private const int MaxBytes = 256;

    private const string ExpectedForm = "A key is 64 hex digits, with or without 0x, at least 1 and below the order of secp256k1, "
        + "and nothing else";

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
    /// <exception cref="CommandException">There is no key, it is open to others, or it is not a key.</exception>
    /// <exception cref="OperationCanceledException">A signal came while the file kept it waiting.</exception>
    public static Task<SigningKey> LoadAsync(FileInfo? keyFile, CancellationToken cancellationToken) =>
        Interruption.LeaveAsync(() => Load(keyFile), cancellationToken);

    /// <summary>Reads the 32 bytes of a key file.</summary>
    /// <param name="keyFile">The file.</param>
    /// <param name="bytes">Receives them; the caller zeroes it.</param>
    /// <exception cref="CommandException">It cannot be read, is open to others, or is not a key.</exception>
    public static void ReadBytes(FileInfo keyFile, Span<byte> bytes)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes + 1];
        try
        {
            var source = $"The key file {keyFile.FullName}";
            var text = buffer[..SecretFile.Read("key file", keyFile.FullName, buffer)];
            Parse(source, text).Dispose(); // what passes is 64 hex digits, with or without 0x
            KeyHex.Decode(text.StartsWith("0x"u8) ? text[2..] : text, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static SigningKey Load(FileInfo? keyFile)
    {
        // Outside the managed heap's reach: a stack buffer is never copied by the collector, and it is wiped below.
        Span<byte> buffer = stackalloc byte[MaxBytes + 1];
        try
        {
            var source = keyFile is null ? $"The value of {EnvironmentVariable}" : $"The key file {keyFile.FullName}";
            var text = buffer[..(keyFile is null ? ReadEnvironment(buffer) : SecretFile.Read("key file", keyFile.FullName, buffer))];
            return Parse(source, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static SigningKey Parse(string source, ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxBytes)
        {
            throw Unusable(source, $"it is longer than {MaxBytes} bytes", "Is this the right one?");
        }

        try
        {
            return SigningKey.Parse(text.TrimEnd(" \t\r\n"u8));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // The cause is left out: its text is about the key.
            var (fault, remedy) = KeyForm.Describe(text);
            throw Unusable(source, fault, remedy);
        }
    }

    private static CommandException Unusable(string source, string fault, string remedy) =>
        new(ExitCode.KeyUnusable, $"{source} is not a private key: {fault}.", $"{remedy} {ExpectedForm}.");

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
