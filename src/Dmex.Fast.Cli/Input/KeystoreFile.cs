using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>Opens keystore files, and says in the command's words why one cannot be opened.</summary>
internal static class KeystoreFile
{
    /// <summary>Opens a keystore.</summary>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    /// <exception cref="SecretFileException">It cannot be read.</exception>
    public static SigningKey Open(string path, ReadOnlySpan<char> password)
    {
        try
        {
            return Keystore.Open(KeyFile.ReadKeystore(path), password);
        }
        catch (KeystoreException error)
        {
            throw new CommandException(ExitCode.KeyUnusable, $"{path}: {error.Message}", error.Error switch
            {
                KeystoreError.WrongPassword => "Check the password, and that it is the one of this file.",
                KeystoreError.WrongAddress => "Restore the file from a copy.",
                KeystoreError.Malformed => "Name the keystore file; a file with the key itself is for --key-file.",
                _ => "Or give the key itself, with --key-file.",
            });
        }
    }
}
