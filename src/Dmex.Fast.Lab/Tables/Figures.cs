using System.Globalization;

namespace Dmex.Fast.Lab.Tables;

/// <summary>How numbers are written in every table and sentence: three significant digits, invariant, thousands apart.</summary>
internal static class Figures
{
    /// <summary>Written for a number that is not known.</summary>
    public const string Unknown = "–";

    /// <summary>A time or a size.</summary>
    public static string Text(double? value) => value switch
    {
        null => Unknown,
        0 => "0",
        < 10 => value.Value.ToString("N2", CultureInfo.InvariantCulture),
        < 100 => value.Value.ToString("N1", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>A time of its own, to the microsecond.</summary>
    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("N3", CultureInfo.InvariantCulture) + " ms";

    /// <summary>A count.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Another way's figure over ours; nothing where one is not known.</summary>
    public static string Ratio(double? other, double? ours) => other is null || ours is null or 0 ? "" : Ratio(other / ours);

    /// <summary>A ratio.</summary>
    public static string Ratio(double? value) =>
        value is { } ratio ? ratio.ToString(ratio < 10 ? "0.00" : ratio < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + "×" : Unknown;
}
