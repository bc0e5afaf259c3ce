using System.CommandLine;
using System.Security.Cryptography;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys;
using Dmex.Fast.Keys.Files;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex key</c>: a private key in a new file, as it is or in a keystore.</summary>
internal sealed class KeyCommand
{
    private readonly Option<FileInfo?> _passwordFile = Password.CreateFileOption();
    private readonly Option<int> _passwordDescriptor = Password.CreateDescriptorOption();

    private KeyCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create() => new("key", "Makes private keys, and keystores of them.")
    {
        new KeyCommand().CreateNew(),
        new KeyCommand().CreateImport(),
    };

    private Command CreateNew()
    {
        var file = new Option<FileInfo?>("--out")
        {
            HelpName = "FILE",
            Description = "The file to make, with mode 0600; one that is there is never overwritten.",
        };
        var keystore = CreateKeystoreOption(isRequired: false);
        var command = new Command("new", "Makes a private key from the system's random numbers, writes it to a new file, and prints "
            + "its address only. There is no copy: who loses the file, or a keystore's password, loses the account.")
        {
            file,
            keystore,
            _passwordFile,
            _passwordDescriptor,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (plain, encrypted) = (parsed.GetValue(file), parsed.GetValue(keystore));
            return (plain is null) == (encrypted is null)
                ? throw new CommandException(
                    ExitCode.BadInput, "A new key goes into a file or into a keystore.", "Give either --out FILE or --keystore FILE.")
                : RunAsync(plain, encrypted, parsed, cancellationToken);
        });
        return command;
    }

    private Command CreateImport()
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "The key file: 64 hex digits, with or without 0x, readable by its owner alone.",
        };
        var keystore = CreateKeystoreOption(isRequired: true);
        var command = new Command("import", "Encrypts the key of a key file under a password, writes it to a new keystore, and "
            + "prints its address. The key file stays.")
        {
            file,
            keystore,
            _passwordFile,
            _passwordDescriptor,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(keystore)!, parsed, cancellationToken));
        return command;
    }

    private static Option<FileInfo?> CreateKeystoreOption(bool isRequired) => new("--keystore")
    {
        HelpName = "FILE",
        Description = "The keystore to make (Web3 Secret Storage 3, scrypt), with mode 0600; one that is there is never overwritten. "
            + "Its password is asked for, twice, unless --password-file or --password-fd is given.",
        Required = isRequired,
    };

    /// <summary>Makes a key without a keystore, a keystore of a new key, or one of a key that is there.</summary>
    private async Task<int> RunAsync(FileInfo? file, FileInfo? keystore, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isImport = file is not null && keystore is not null;
        var (passwordFile, descriptor) = (parsed.GetValue(_passwordFile), parsed.GetValue(_passwordDescriptor));
        if (keystore is null && (passwordFile is not null || descriptor >= 0))
        {
            throw new CommandException(
                ExitCode.BadInput, "A password needs --keystore: a plain key file has none.",
                "Name the keystore, or leave the password out.");
        }

        var address = await Interruption.LeaveAsync(
            () =>
            {
                Span<byte> bytes = stackalloc byte[SigningKey.Size];
                try
                {
                    using var key = isImport ? Import(file!, bytes) : Draw(bytes);
                    if (keystore is null)
                    {
                        KeyFile.Write(file!.FullName, bytes);
                        return key.Address;
                    }

                    SecretFile.RefuseExisting(keystore.FullName); // before a password is asked for
                    using var password = Password.Read(passwordFile, descriptor, isNew: true);
                    SecretFile.WriteNew(keystore.FullName, Keystore.Write(bytes, password.Text));
                    return key.Address;
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(bytes);
                }
            },
            cancellationToken);
        Console.WriteLine(address);
        return (int)ExitCode.Done;
    }

    private static SigningKey Import(FileInfo file, Span<byte> bytes)
    {
        KeyFile.Read(file.FullName, bytes);
        return SigningKey.FromBytes(bytes);
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
}
