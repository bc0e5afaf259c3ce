using System.Globalization;
using System.Text;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Output;

/// <summary>Open orders as the venue wrote them, one a line, and how many there are.</summary>
internal static class OpenOrderJson
{
    /// <summary>The venue's own JSON; what could break the line is white space between its parts.</summary>
    public static string Format(OpenOrder order) => Encoding.UTF8.GetString(order.RawJson.Span).ReplaceLineEndings(string.Empty);

    /// <summary>The line after the last order: by it a program tells a whole list from a cut one, and no orders from a failure.</summary>
    public static string Summary(EthereumAddress account, int orders) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"account":"{{account}}","orders":{{orders}}}""");
}
