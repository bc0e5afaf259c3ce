namespace Dmex.Fast.Cli.Output;

/// <summary>What goes wrong with a standby's files, as advice.</summary>
internal static class StandbyErrors
{
    /// <summary>Describes why a page cannot be used.</summary>
    public static CommandException Describe(BeatPageException error) => new(
        error.Error == BeatPageError.Ended ? ExitCode.StillOpen : ExitCode.BadInput,
        $"{error.Message} Nothing was sent.",
        error.Error switch
        {
            BeatPageError.Missing => "Name the page with --beat-page, or add --wait to wait for an engine.",
            BeatPageError.Ended => "'dmex panic --book FILE' cancels what its book holds; to wait for the next engine, add --wait.",
            BeatPageError.Closed => "Start the engine, or add --wait to wait for it.",
            BeatPageError.OtherBook => "Each engine has a book and a beat page of its own; name the two that belong together.",
            BeatPageError.NotAccessible or BeatPageError.NotAttachable => "Standby and engine run as the same user, on the same host.",
            BeatPageError.OpenToOthers => "Restart the engine, which makes the page for its owner alone.",
            BeatPageError.NotSupported => "Run it on Linux 5.3 or later.",
            _ => "Restart the engine, which makes a new page, or correct --beat-page.",
        },
        error);

    /// <summary>Describes why a page cannot be read by a command that only looks.</summary>
    public static CommandException DescribeLook(BeatPageException error) => error.Error switch
    {
        BeatPageError.Missing => new(
            ExitCode.BadInput, error.Message, "Name the page with --beat-page; it is there once an engine ran.", error),
        BeatPageError.Closed => new(
            ExitCode.BadInput, error.Message, "The engine has ended in an orderly way; look again when it runs.", error),
        _ => Describe(error),
    };

    /// <summary>Describes why a book cannot be used.</summary>
    public static CommandException Describe(BookFileException error) => new(
        ExitCode.BadInput, $"{error.Message} Nothing was sent.", "Name the engine's book with --book, and run the standby as the "
            + "engine's user.", error);
}
