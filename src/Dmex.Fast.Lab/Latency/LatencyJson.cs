using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Latency;

/// <summary>The report as JSON: what was not measured is null, never left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(LatencyReport))]
internal sealed partial class LatencyJson : JsonSerializerContext;
