using System.Text.Json.Serialization;

namespace Dmex.Fast.Cli.Output;

/// <summary>The status of a standby as one JSON object.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StandbyStatusReport))]
internal sealed partial class StandbyStatusJson : JsonSerializerContext;
