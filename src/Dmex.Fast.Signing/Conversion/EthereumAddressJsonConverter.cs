using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dmex.Fast.Signing.Conversion;

/// <summary>Reads and writes an address as its text, also as the name of a member. Thread-safe.</summary>
internal sealed class EthereumAddressJsonConverter : JsonConverter<EthereumAddress>
{
    public override EthereumAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!) : throw new JsonException("Expected a string: 0x and 40 hex digits.");

    public override void Write(Utf8JsonWriter writer, EthereumAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override EthereumAddress ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, EthereumAddress value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString());

    private static EthereumAddress Parse(string text) =>
        EthereumAddress.TryParse(text, out var value) ? value : throw new JsonException("Expected 0x and 40 hex digits.");
}
