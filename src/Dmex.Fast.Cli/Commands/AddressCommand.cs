using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex address</c>: the address of the key.</summary>
internal static class AddressCommand
{
    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var flags = new KeyFlags();
        var command = new Command("address", "Prints the account of the key as an EIP-55 address.");
        flags.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = await flags.LoadAsync(parsed, cancellationToken);
            Console.WriteLine(key.Address.ToString());
            return (int)ExitCode.Done;
        });
        return command;
    }
}
