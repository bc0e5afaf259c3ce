using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dmex.Fast.Signing.Conversion;

/// <summary>Reads and writes a value as its text, also as the name of a member. Thread-safe.</summary>
/// <typeparam name="T">The value, whose <see cref="object.ToString"/> is what it parses.</typeparam>
internal sealed class TextJsonConverter<T> : JsonConverter<T>
    where T : struct, ISpanParsable<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? Parse(reader.GetString()!)
            : throw new JsonException($"Expected a string with the text of {typeof(T).Name}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString()!);

    private static T Parse(string text)
    {
        try
        {
            return T.Parse(text, provider: null);
        }
        catch (FormatException error)
        {
            throw new JsonException(error.Message, error);
        }
    }
}
