using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Demo;

/// <summary>The demo's report as one JSON object; a percentile with too few samples is null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJson : JsonSerializerContext;
