using System.Text.Json.Serialization;

namespace Dmex.Fast.Standby.Nats.Configuration;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NatsStandbyFile))]
internal sealed partial class NatsStandbyFileContext : JsonSerializerContext;
