using System.CommandLine;
using System.Security.Cryptography;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex key new</c>: a new private key in a new file.</summary>
internal static class KeyCommand
{
    private const int TextLength = 2 + (2 * SigningKey.Size) + 1;

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var file = new Option<FileInfo>("--out")
        {
            HelpName = "FILE",
            Description = "The file to make, with mode 0600; one that is there is never overwritten.",
            Required = true,
        };
        var create = new Command("new", "Makes a private key from the system's random numbers, writes it to a new file, and prints its address only. There is no copy: who loses the file loses the account.") { file };
        create.SetAction(parsed =>
        {
            Console.WriteLine(Write(parsed.GetRequiredValue(file).FullName));
            return (int)ExitCode.Done;
        });
        return new Command("key", "Makes private keys.") { create };
    }

    private static EthereumAddress Write(string path)
    {
        Span<byte> bytes = stackalloc byte[SigningKey.Size];
        Span<byte> text = stackalloc byte[TextLength];
        try
        {
            using var key = Draw(bytes);
            Format(bytes, text);
            WriteNew(path, text);
            return key.Address;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static SigningKey Draw(Span<byte> bytes)
    {
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            try
            {
                return SigningKey.FromBytes(bytes);
            }
            catch (ArgumentException)
            {
                // Zero, or the group order and beyond: once in 2^127 draws. Draw again.
            }
        }
    }

    private static void Format(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        "0x"u8.CopyTo(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            text[2 + (2 * i)] = Digit(bytes[i] >> 4);
            text[3 + (2 * i)] = Digit(bytes[i] & 15);
        }

        text[^1] = (byte)'\n';
    }

    // By arithmetic: a table would be read at places that tell the digits.
    private static byte Digit(int value) => (byte)('0' + value + (((9 - value) >> 31) & ('a' - '0' - 10)));

    private static void WriteNew(string path, ReadOnlySpan<byte> text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var isMade = false;
        try
        {
            using var file = new FileStream(path, options);
            isMade = true;
            file.Write(text);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (isMade)
            {
                File.Delete(path);
            }

            throw new CommandException(
                ExitCode.BadInput,
                !isMade && Path.Exists(path) ? $"{path} is there already, and a key is never overwritten." : $"{path} cannot be written: {ErrorText.Cause(error, path)}",
                "Name a new file, in a folder that you may write to.",
                error);
        }
    }
}
