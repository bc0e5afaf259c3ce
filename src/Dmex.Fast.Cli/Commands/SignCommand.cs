using System.CommandLine;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex sign</c>: cancel messages on standard output, exactly as they would go on the wire.</summary>
internal static class SignCommand
{
    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var hashes = HashInput.CreateArgument();
        var flags = new KeyFlags();
        var command = new Command(
            "sign",
            "Prints one signed cancel message a line, as it would go on the wire. Anyone who holds a line can cancel that order. Nothing "
            + "is signed if an argument is wrong; standard input is signed line by line up to the first wrong one.")
        {
            hashes,
        };
        flags.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(hashes), token => flags.LoadAsync(parsed, token), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] arguments, Func<CancellationToken, Task<SigningKey>> loadKey, CancellationToken cancellationToken)
    {
        var fromInput = HashInput.IsStandardInput(arguments);
        var given = fromInput ? [] : HashInput.Parse(arguments);
        using var key = await loadKey(cancellationToken);
        key.UsesSmallTables = true; // fewer than some 100,000 lines do not repay large ones
        using var signer = new OrderSigner(key);
        var output = StandardStreams.Output;
        var line = new byte[CancelMessage.Length + 1];
        foreach (var hash in given)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteLine(signer, hash, line, output);
        }

        if (fromInput)
        {
            using var lines = HashInput.OpenStandardInput();
            await foreach (var hash in HashInput.ReadAsync(lines, HashInput.StandardInput, cancellationToken))
            {
                WriteLine(signer, hash, line, output);
                if (output.Failure is not null)
                {
                    break; // nobody gets what would be signed
                }
            }
        }

        return (int)ExitCode.Done;
    }

    private static void WriteLine(OrderSigner signer, in OrderHash hash, byte[] line, OutputStream output)
    {
        signer.Sign(hash, out var signature);
        CancelMessage.Write(hash, signature, line);
        line[^1] = (byte)'\n';
        output.Write(line);
    }
}
