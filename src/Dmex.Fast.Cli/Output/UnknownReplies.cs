using Dmex.Fast.Lab.Tables;

namespace Dmex.Fast.Cli.Output;

/// <summary>Says that the venue answered with what no rule knows, and how to make a rule of it.</summary>
internal static class UnknownReplies
{
    /// <summary>Prints to stderr; nothing when there were none.</summary>
    /// <param name="count">How many messages came that no rule ascribed to an order.</param>
    /// <param name="excerpt">How the last begins, without signatures.</param>
    public static void Write(long count, string? excerpt)
    {
        if (count > 0)
        {
            ErrorText.Write(
                $"{Figures.Count(count)} {(count == 1 ? "message" : "messages")} came that no rule knows; the last begins: {excerpt}",
                "Look on the venue what became of the order, and write a rule for --rules: docs/replies.md, \"The first real cancel\".");
        }
    }
}
