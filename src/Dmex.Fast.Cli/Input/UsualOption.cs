using System.CommandLine;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Peers;

namespace Dmex.Fast.Cli.Input;

/// <summary>Which library signs in the usual way that a measurement runs beside ours.</summary>
internal static class UsualOption
{
    /// <summary>The option; its value may be left out.</summary>
    /// <param name="description">What it does in the command.</param>
    public static Option<string?> Create(string description) => new("--usual")
    {
        HelpName = "LIBRARY",
        Arity = ArgumentArity.ZeroOrOne,
        Description = $"{description} LIBRARY signs: bouncycastle (unless given), nethereum or nbitcoin.",
    };

    /// <summary>What was asked for; null when the option is not there.</summary>
    /// <exception cref="CommandException">It names no library.</exception>
    public static UsualSigner? Read(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is not { Implicit: false } given ? null
        : given.Tokens.Count == 0 ? UsualSigner.BouncyCastle
        : given.Tokens[0].Value switch
        {
            "bouncycastle" => UsualSigner.BouncyCastle,
            "nethereum" => UsualSigner.Nethereum,
            "nbitcoin" => UsualSigner.NBitcoin,
            var other => throw new CommandException(
                ExitCode.BadInput, $"--usual '{other}' is no library.", "Give bouncycastle, nethereum or nbitcoin."),
        };
}
