using System.Text;

namespace Dmex.Fast.Cli.Output;

/// <summary>An open order as the venue wrote it, on one line.</summary>
internal static class OpenOrderJson
{
    /// <summary>The venue's own JSON; what could break the line is white space between its parts.</summary>
    public static string Format(OpenOrder order) => Encoding.UTF8.GetString(order.RawJson.Span).ReplaceLineEndings(string.Empty);
}
