using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Drills;

/// <summary>A drill's report as one JSON object.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DrillReport))]
internal sealed partial class DrillJson : JsonSerializerContext;
