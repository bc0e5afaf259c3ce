using System.Text.Json.Serialization;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Peers;

/// <summary>The order and its signature as a program with a JSON serializer declares them.</summary>
internal sealed record UsualCancelData(
    [property: JsonPropertyName("order_hash")] string OrderHash,
    [property: JsonPropertyName("v")] int V,
    [property: JsonPropertyName("r")] string R,
    [property: JsonPropertyName("s")] string S);
