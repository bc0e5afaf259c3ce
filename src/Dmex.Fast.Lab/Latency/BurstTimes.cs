namespace Dmex.Fast.Lab.Latency;

/// <summary>One burst in µs from the call, or the median of several; null for what the way does not tell.</summary>
internal sealed record BurstTimes
{
    /// <summary>Until the kernel had the first run of cancels.</summary>
    public required double FirstByteMicros { get; init; }

    /// <summary>Until the kernel had the last byte.</summary>
    public required double LastByteMicros { get; init; }

    /// <summary>Until the venue had read the first order's cancel.</summary>
    public required double ReceiptFirstMicros { get; init; }

    /// <summary>The sixtieth; null for fewer orders.</summary>
    public required double? Receipt60Micros { get; init; }

    /// <summary>The one in the middle.</summary>
    public required double ReceiptMiddleMicros { get; init; }

    /// <summary>The last.</summary>
    public required double ReceiptLastMicros { get; init; }

    /// <summary>Until the first confirmation was read.</summary>
    public required double? ConfirmationFirstMicros { get; init; }

    /// <summary>Half of them.</summary>
    public required double? ConfirmationMedianMicros { get; init; }

    /// <summary>The last of them.</summary>
    public required double ConfirmationLastMicros { get; init; }

    /// <summary>Bytes allocated by all threads, from the call to the last confirmation.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Combines several bursts, figure by figure.</summary>
    /// <param name="all">At least one.</param>
    /// <param name="pick">Picks from a figure's sorted values.</param>
    public static BurstTimes Combine(IReadOnlyList<BurstTimes> all, Func<double[], double> pick)
    {
        return new BurstTimes
        {
            FirstByteMicros = Of(times => times.FirstByteMicros)!.Value,
            LastByteMicros = Of(times => times.LastByteMicros)!.Value,
            ReceiptFirstMicros = Of(times => times.ReceiptFirstMicros)!.Value,
            Receipt60Micros = Of(times => times.Receipt60Micros),
            ReceiptMiddleMicros = Of(times => times.ReceiptMiddleMicros)!.Value,
            ReceiptLastMicros = Of(times => times.ReceiptLastMicros)!.Value,
            ConfirmationFirstMicros = Of(times => times.ConfirmationFirstMicros),
            ConfirmationMedianMicros = Of(times => times.ConfirmationMedianMicros),
            ConfirmationLastMicros = Of(times => times.ConfirmationLastMicros)!.Value,
            AllocatedBytes = (long)Of(times => times.AllocatedBytes)!.Value,
        };

        double? Of(Func<BurstTimes, double?> select)
        {
            var values = all.Select(select).OfType<double>().Order().ToArray();
            return values.Length == all.Count ? pick(values) : null;
        }
    }
}
