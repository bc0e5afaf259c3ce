using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Venues;

/// <summary>The lines between a venue and the process that controls it, one JSON object a line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VenueRequest))]
[JsonSerializable(typeof(VenueReply))]
internal sealed partial class VenueControlJson : JsonSerializerContext;
