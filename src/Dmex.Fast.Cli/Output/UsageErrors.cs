using System.CommandLine;
using System.CommandLine.Parsing;

namespace Dmex.Fast.Cli.Output;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    private const int MaxEdits = 2;

    /// <summary>Writes the errors to stderr; false when there are none.</summary>
    public static bool Write(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var wrong = parsed.UnmatchedTokens
            .Concat(parsed.Tokens.Where(token => token.Type == TokenType.Argument && IsOption(token.Value)).Select(token => token.Value))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var errors = wrong.Count > 0 ? wrong.ConvertAll(word => Describe(word, parsed)) : [.. parsed.Errors.Select(error => error.Message)];
        if (wrong.Count == 0 && errors.Count > 0 && command is { Action: null, Subcommands.Count: > 0 })
        {
            errors = [$"'{PathOf(parsed.CommandResult)}' needs a command: {string.Join(", ", Visible(command))}."];
        }

        if (errors.Count == 0)
        {
            return false;
        }

        foreach (var error in errors)
        {
            Console.Error.WriteLine($"dmex: {ErrorText.Redact(error)}");
        }

        Console.Error.WriteLine($"      Run '{PathOf(parsed.CommandResult)} --help' for what it takes.");
        return true;
    }

    private static string PathOf(SymbolResult? result) => result is CommandResult { Parent: CommandResult } inner
        ? $"{PathOf(inner.Parent)} {inner.Command.Name}" : "dmex";

    private static string Describe(string word, ParseResult parsed)
    {
        var (command, isOption) = (parsed.CommandResult.Command, IsOption(word));
        var names = isOption ? command.Options.Where(option => !option.Hidden).Select(option => option.Name) : Visible(command);
        var nearest = names.OrderBy(name => Distance(word, name)).FirstOrDefault();
        var isNear = nearest is not null
            && (Distance(word, nearest) <= MaxEdits || (word.Length > 3 && nearest.StartsWith(word, StringComparison.Ordinal)));
        var kind = isOption ? "an option" : command.Subcommands.Count > 0 ? "a command" : "an argument";
        return $"'{word}' is not {kind} of '{PathOf(parsed.CommandResult)}'.{(isNear ? $" Did you mean '{nearest}'?" : string.Empty)}";
    }

    private static IEnumerable<string> Visible(Command command) =>
        command.Subcommands.Where(inner => !inner.Hidden).Select(inner => inner.Name);

    private static bool IsOption(string word) => word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal);

    /// <summary>How many characters must be put in, left out or replaced.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= to.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
