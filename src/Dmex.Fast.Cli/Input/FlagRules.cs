using System.CommandLine;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Input;

/// <summary>Which flags go together.</summary>
internal static class FlagRules
{
    /// <summary>Refuses flags that would say nothing beside another.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="beside">The flag that decides, with its dashes.</param>
    /// <param name="flags">Those that mean nothing with it.</param>
    /// <exception cref="CommandException">One of them is given.</exception>
    public static void Refuse(ParseResult parsed, string beside, params ReadOnlySpan<Option> flags)
    {
        foreach (var flag in flags)
        {
            if (parsed.GetResult(flag) is { Implicit: false })
            {
                throw new CommandException(
                    ExitCode.BadInput,
                    $"{flag.Name} means nothing with {beside}. Nothing was sent.",
                    $"Leave {flag.Name} or {beside} out.");
            }
        }
    }
}
