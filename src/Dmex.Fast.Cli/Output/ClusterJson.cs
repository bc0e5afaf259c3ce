using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Dmex.Fast.Cli.Output;

/// <summary>What the commands of a cluster say, as JSON.</summary>
[JsonSerializable(typeof(ClusterNotice))]
[JsonSerializable(typeof(ClusterStatusReport))]
internal sealed partial class ClusterJson : JsonSerializerContext
{
    private static readonly ClusterJson Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The value on one line.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Context.Options.GetTypeInfo(typeof(T)));
}
