using System.CommandLine;
using System.Runtime.CompilerServices;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys.Files;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>Order hashes from the command line, from a file or from standard input, one a line.</summary>
internal static class HashInput
{
    /// <summary>What standard input is called in an error.</summary>
    public const string StandardInput = "standard input";

    // As many as a book holds.
    private const int MaxHashes = 1 << 22;

    private const string ExpectedForm = "An order hash is 0x and 64 hex digits";

    /// <summary>The argument of the commands that take hashes.</summary>
    public static Argument<string[]> CreateArgument() => new("HASH")
    {
        Description = "Order hashes (0x and 64 hex digits), or - alone to read them from standard input, one a line.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Whether the hashes are to come from standard input.</summary>
    /// <exception cref="CommandException">A dash is among hashes.</exception>
    public static bool IsStandardInput(string[] arguments)
    {
        if (Array.IndexOf(arguments, "-") < 0)
        {
            return false;
        }

        return arguments.Length == 1
            ? true
            : throw new CommandException(
                ExitCode.BadInput,
                "A dash (read from standard input) cannot be combined with hashes.",
                "Give either the hashes or a single dash.");
    }

    /// <summary>Parses every argument before anything is done with one.</summary>
    /// <exception cref="CommandException">An argument is not a hash; the message says which and why.</exception>
    public static List<OrderHash> Parse(string[] arguments)
    {
        var hashes = new List<OrderHash>(arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
        {
            hashes.Add(Parse(arguments[i], $"HASH number {i + 1}"));
        }

        return hashes;
    }

    /// <summary>Reads one hash a line as the lines come; blank lines are skipped.</summary>
    /// <param name="lines">The text.</param>
    /// <param name="name">What to call it in an error, as in <c>standard input</c>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CommandException">A line is not a hash; the message says which and why.</exception>
    public static async IAsyncEnumerable<OrderHash> ReadAsync(
        TextReader lines, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var line = await ReadLineAsync(lines, name, cancellationToken);
            if (line is null)
            {
                yield break;
            }

            var text = line.Trim();
            if (text.Length > 0)
            {
                yield return Parse(text, $"Line {number} of {name}");
            }
        }
    }

    /// <summary>All hashes of the command line or of standard input, each once, in their order.</summary>
    /// <exception cref="CommandException">One of them is wrong, there are none, or too many.</exception>
    public static async Task<List<OrderHash>> ReadAllAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (!IsStandardInput(arguments))
        {
            return Parse(arguments).Distinct().ToList();
        }

        using var lines = OpenStandardInput();
        return await CollectAsync(lines, StandardInput, cancellationToken);
    }

    /// <summary>All hashes of a file, one a line, each once, in their order.</summary>
    /// <param name="option">The option that names the file, for the error.</param>
    /// <param name="path">The file, or - for standard input.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CommandException">The file cannot be read, a line is not a hash, there are none, or too many.</exception>
    public static async Task<List<OrderHash>> ReadFileAsync(string option, string path, CancellationToken cancellationToken)
    {
        var isStandardInput = string.Equals(path, "-", StringComparison.Ordinal);
        try
        {
            using var lines = isStandardInput
                ? OpenStandardInput() : await Interruption.LeaveAsync(() => File.OpenText(path), cancellationToken);
            return await CollectAsync(lines, isStandardInput ? StandardInput : path, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadInput, $"{option} {path}: {FileCause.Of(error, path)}",
                "Name a file that can be read, or - for standard input.", error);
        }
    }

    /// <summary>Standard input as UTF-8 text.</summary>
    /// <exception cref="CommandException">It was closed when the process started.</exception>
    public static TextReader OpenStandardInput() => StandardStreams.IsInputOpen
        ? new StreamReader(Console.OpenStandardInput())
        : throw new CommandException(ExitCode.BadInput, "Standard input is closed: there is nothing to read. Nothing was sent.",
            "Give the hashes as arguments, in a file, or by a pipe.");

    private static async Task<List<OrderHash>> CollectAsync(TextReader lines, string name, CancellationToken cancellationToken)
    {
        var hashes = new List<OrderHash>();
        await foreach (var hash in ReadAsync(lines, name, cancellationToken))
        {
            hashes.Add(hash);
            if (hashes.Count > MaxHashes)
            {
                throw new CommandException(ExitCode.BadInput, $"There are more than {MaxHashes} order hashes in {name}. Nothing was sent.",
                    "Give them in several files.");
            }
        }

        return hashes.Count > 0
            ? hashes.Distinct().ToList()
            : throw new CommandException(ExitCode.BadInput, $"There are no order hashes in {name}. Nothing was sent.",
                $"{ExpectedForm}, one a line.");
    }

    private static async Task<string?> ReadLineAsync(TextReader lines, string name, CancellationToken cancellationToken)
    {
        try
        {
            // A read of a terminal or a pipe does not see the token, so the wait for it does.
            return await Task.Run(lines.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadInput, $"{name} cannot be read: {error.Message}. Nothing more was done.",
                "Give text, one hash a line.", error);
        }
    }

    private static OrderHash Parse(string text, string where)
    {
        try
        {
            var hash = OrderHash.Parse(text);
            return hash != default
                ? hash
                : throw new CommandException(ExitCode.BadInput, $"{where} is all zeros, which is no order's hash.",
                    "Correct it and run again.");
        }
        catch (FormatException error)
        {
            throw new CommandException(ExitCode.BadInput, $"{where} is wrong. {error.Message}", "Correct it and run again.", error);
        }
    }
}
