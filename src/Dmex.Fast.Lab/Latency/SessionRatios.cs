namespace Dmex.Fast.Lab.Latency;

/// <summary>Another way's figures over ours; null where one of the two is not known.</summary>
internal sealed record SessionRatios(
    double? KernelP50, double? KernelP99, double? KernelP999, double? ConfirmationP50, double? ConfirmationP99, double? ConfirmationP999)
{
    /// <summary>Divides.</summary>
    public static SessionRatios Of(SessionReport other, SessionReport ours) => new(
        Ratio(other.KernelMicros.P50, ours.KernelMicros.P50),
        Ratio(other.KernelMicros.P99, ours.KernelMicros.P99),
        Ratio(other.KernelMicros.P999, ours.KernelMicros.P999),
        Ratio(other.ConfirmationMicros.P50, ours.ConfirmationMicros.P50),
        Ratio(other.ConfirmationMicros.P99, ours.ConfirmationMicros.P99),
        Ratio(other.ConfirmationMicros.P999, ours.ConfirmationMicros.P999));

    private static double? Ratio(double? other, double? ours) =>
        other is null || ours is null or 0 ? null : Math.Round(other.Value / ours.Value, 2);
}
