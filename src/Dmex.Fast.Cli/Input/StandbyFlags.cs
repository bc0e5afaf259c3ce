using System.CommandLine;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Input;

/// <summary>The flags that name an engine's book and beat page.</summary>
internal sealed class StandbyFlags
{
    private readonly Option<FileInfo?> _book = new("--book") { HelpName = "FILE", Description = "The engine's book of armed cancels." };

    private readonly Option<FileInfo?> _page = new("--beat-page")
    {
        HelpName = "FILE",
        Description = "The engine's beat page (Standby.BeatPage of its options); the book's path with .beat behind it unless given.",
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_book, _page];

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_book);
        command.Add(_page);
    }

    /// <summary>The book's path, and the page's where it is given.</summary>
    /// <exception cref="CommandException">No book is given.</exception>
    public (string Book, string? Page) Read(ParseResult parsed) => (
        parsed.GetValue(_book)?.FullName ?? throw new CommandException(
            ExitCode.BadInput,
            "A standby needs the engine's book. Nothing was sent.",
            "Give --book FILE, the file that the engine's book is recorded in; or --cluster FILE, to watch from another host."),
        parsed.GetValue(_page)?.FullName);
}
