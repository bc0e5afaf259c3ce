using System.Globalization;
using Dmex.Fast.Lab.Tables;

namespace Dmex.Fast.Cli.Output;

/// <summary>A panic's report, a line for each count and time.</summary>
internal static class PanicLines
{
    /// <summary>Writes them, and on standard error what to do about orders that may be open.</summary>
    /// <returns>The exit code of the worst outcome.</returns>
    public static ExitCode Write(in PanicReport report)
    {
        WriteLine($"orders            {Figures.Count(report.Orders)}");
        WriteLine($"written           {Figures.Count(report.Written)}");
        WriteLine($"confirmed         {Figures.Count(report.Confirmed)}");
        WriteLine($"already gone      {Figures.Count(report.AlreadyGone)}");
        WriteLine($"not found         {Figures.Count(report.NotFound)}");
        WriteLine($"rejected          {Figures.Count(report.Rejected)}");
        WriteLine($"unresolved        {Figures.Count(report.Unresolved)}");
        WriteLine($"put off           {Figures.Count(report.PutOff)}");
        WriteLine($"sent again        {Figures.Count(report.Resent)}");
        WriteLine($"first byte        {Format(report.FirstByte)}");
        WriteLine($"last byte         {Format(report.LastByte)}");
        WriteLine($"last closed       {Format(report.LastConfirmation)}");
        UnknownReplies.Write(report.UnknownMessages, report.LastUnknownMessage);
        foreach (var order in report.UnresolvedOrders ?? [])
        {
            WriteLine($"unresolved {order}");
        }

        var mayBeOpen = report.Unresolved + report.NotFound > 0;
        if (mayBeOpen)
        {
            ErrorText.Write(
                "At least one order may still be open.", "Run the same command again: a cancel can be sent twice without harm.");
        }

        return ExitCodes.Of(report.Rejected, mayBeOpen);
    }

    private static void WriteLine(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Format(TimeSpan? time) =>
        time is { } known ? Figures.Milliseconds(known) : Figures.Unknown;
}
