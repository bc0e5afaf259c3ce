using System.Text.Json.Serialization;
using Dmex.Fast.Lab.Statistics;

namespace Dmex.Fast.Lab.Demo;

/// <summary>The figures of one way of canceling.</summary>
internal record WayReport
{
    /// <summary>How many orders were to be canceled and were measured.</summary>
    [JsonPropertyOrder(0)]
    public required int Orders { get; init; }

    /// <summary>How many of them the venue confirmed and holds as canceled by a valid signature of their owner.</summary>
    [JsonPropertyOrder(1)]
    public required int Confirmed { get; init; }

    /// <summary>Bytes allocated on the managed heap, over all threads, divided by the orders.</summary>
    [JsonPropertyOrder(2)]
    public required double AllocatedBytesPerCancel { get; init; }

    /// <summary>Garbage collections of any generation while cancels were measured.</summary>
    [JsonPropertyOrder(3)]
    public required int GcCollections { get; init; }

    /// <summary>The same by generation, youngest first.</summary>
    [JsonPropertyOrder(4)]
    public required IReadOnlyList<int> GcCollectionsByGeneration { get; init; }

    /// <summary>From the call to the return of the send, when the kernel has the bytes.</summary>
    [JsonPropertyOrder(5)]
    public required Percentiles SendMicros { get; init; }

    /// <summary>From the call to the parsed confirmation in the caller's hands.</summary>
    [JsonPropertyOrder(6)]
    public required Percentiles ConfirmMicros { get; init; }

    /// <summary>What the way is made of.</summary>
    [JsonPropertyOrder(7)]
    public required string Description { get; init; }

    /// <summary>What went wrong first, or null.</summary>
    [JsonIgnore]
    public string? FirstFailure { get; init; }

    /// <summary>Whether every order was confirmed and is canceled at the venue.</summary>
    [JsonIgnore]
    public bool IsComplete => Confirmed == Orders && FirstFailure is null;
}
