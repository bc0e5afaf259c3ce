using System.CommandLine;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>The flags that name the key, the same for every command that signs.</summary>
internal sealed class KeyFlags
{
    private readonly Option<FileInfo?> _keyFile = KeySource.CreateOption();

    private readonly Option<FileInfo?> _keystore = new("--keystore")
    {
        HelpName = "FILE",
        Description = "Keystore with the private key (Web3 Secret Storage 3, as Geth and ethers write it). Its password is asked for "
            + "unless --password-file or --password-fd is given.",
    };

    private readonly Option<FileInfo?> _passwordFile = Password.CreateFileOption();
    private readonly Option<int> _passwordDescriptor = Password.CreateDescriptorOption();

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_keyFile);
        command.Add(_keystore);
        command.Add(_passwordFile);
        command.Add(_passwordDescriptor);
    }

    /// <summary>Opens the key that the command line names, or that of the environment.</summary>
    /// <exception cref="CommandException">There is no key, or it cannot be used; flags contradict each other.</exception>
    /// <exception cref="OperationCanceledException">A signal came while a file or the prompt kept it waiting.</exception>
    public Task<SigningKey> LoadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (keyFile, keystore) = (parsed.GetValue(_keyFile), parsed.GetValue(_keystore));
        var (passwordFile, descriptor) = (parsed.GetValue(_passwordFile), parsed.GetValue(_passwordDescriptor));
        if (keystore is null)
        {
            return passwordFile is null && descriptor < 0
                ? KeySource.LoadAsync(keyFile, cancellationToken)
                : throw new CommandException(
                    ExitCode.BadInput, "A password needs --keystore: no other key has one.",
                    "Name the keystore, or leave the password out.");
        }

        return keyFile is null
            ? Interruption.LeaveAsync(
                () =>
                {
                    using var password = Password.Read(passwordFile, descriptor, isNew: false);
                    return KeystoreFile.Open(keystore.FullName, password.Text);
                },
                cancellationToken)
            : throw new CommandException(ExitCode.BadInput, "--key-file and --keystore contradict each other.", "Give one of them.");
    }
}
