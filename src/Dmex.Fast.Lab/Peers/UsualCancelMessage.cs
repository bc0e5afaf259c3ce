using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Peers;

/// <summary>The cancel message as a program with a JSON serializer declares it.</summary>
/// <param name="Op">Always <c>cancel_order</c>.</param>
/// <param name="Data">The order and its signature.</param>
internal sealed record UsualCancelMessage(
    [property: JsonPropertyName("op")] string Op,
    [property: JsonPropertyName("data")] UsualCancelData Data);
