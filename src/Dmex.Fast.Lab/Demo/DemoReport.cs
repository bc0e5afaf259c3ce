using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Demo;

/// <summary>The result of the demo: the library's figures, and beside them those of other ways in the same run.</summary>
internal sealed record DemoReport : WayReport
{
    /// <summary>BouncyCastle, System.Text.Json and ClientWebSocket.</summary>
    [JsonPropertyOrder(10)]
    public required WayReport Usual { get; init; }

    /// <summary>libsecp256k1, System.Text.Json and ClientWebSocket; null where the library is not installed.</summary>
    [JsonPropertyOrder(11)]
    public required WayReport? Best { get; init; }

    /// <summary>The library with <c>VerifyAfterSign</c> off, which is not the default.</summary>
    [JsonPropertyOrder(12)]
    public required WayReport Unverified { get; init; }

    /// <summary>The burst; null when it was not asked for.</summary>
    [JsonPropertyOrder(16)]
    public PanicDemoReport? Panic { get; init; }

    /// <summary>
    /// How many of the library's orders the venue's own list of open orders still has: the second witness. 0 unless one is open.
    /// </summary>
    [JsonPropertyOrder(17)]
    public required int StillListed { get; init; }

    /// <summary>How many more orders each way canceled before and between what was measured.</summary>
    [JsonPropertyOrder(13)]
    public required int WarmUpOrders { get; init; }

    /// <summary>Whether the venue ran in a process of its own, as it does unless none can be started.</summary>
    [JsonPropertyOrder(14)]
    public required bool VenueInOwnProcess { get; init; }

    /// <summary>The runtime that was measured.</summary>
    [JsonPropertyOrder(15)]
    public required string Runtime { get; init; }
}
