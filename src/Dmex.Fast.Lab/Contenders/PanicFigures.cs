using System.Text.Json.Serialization;
using Dmex.Fast.Lab.Venues;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>The figures of one burst: all orders canceled at once. Times in µs from the call.</summary>
internal record PanicFigures
{
    /// <summary>How many orders were to be canceled.</summary>
    [JsonPropertyOrder(0)]
    public required int Orders { get; init; }

    /// <summary>How many of them the venue confirmed and holds as canceled by a valid signature of their owner.</summary>
    [JsonPropertyOrder(1)]
    public required int Confirmed { get; init; }

    /// <summary>Until the kernel had the first cancels.</summary>
    [JsonPropertyOrder(2)]
    public required double FirstByteMicros { get; init; }

    /// <summary>Until the kernel had the last cancel.</summary>
    [JsonPropertyOrder(3)]
    public required double LastByteMicros { get; init; }

    /// <summary>Until the last confirmation was parsed.</summary>
    [JsonPropertyOrder(4)]
    public required double LastConfirmationMicros { get; init; }

    /// <summary>Bytes allocated on the managed heap, over all threads, from the call to the report.</summary>
    [JsonPropertyOrder(5)]
    public required long AllocatedBytes { get; init; }

    /// <summary>What the way is made of.</summary>
    [JsonPropertyOrder(6)]
    public required string Description { get; init; }

    /// <summary>When it was called, in ticks of <see cref="System.Diagnostics.Stopwatch"/>; 0 when not known.</summary>
    [JsonIgnore]
    public long Called { get; init; }

    /// <summary>Those of a measured panic; confirmed is what both sides agree on.</summary>
    public static PanicFigures Of(PanicShot shot, string description) => new()
    {
        Orders = shot.Orders.Length,
        Called = shot.Triggered,
        Confirmed = Math.Min(shot.Report.Confirmed, shot.CanceledByOwner),
        FirstByteMicros = Micros(shot.Report.FirstByte),
        LastByteMicros = Micros(shot.Report.LastByte),
        LastConfirmationMicros = Micros(shot.Report.LastConfirmation),
        AllocatedBytes = shot.AllocatedBytes,
        Description = description,
    };

    private static double Micros(TimeSpan? time) => Math.Round(time?.TotalMicroseconds ?? 0, 1);
}
