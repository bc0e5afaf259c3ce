using System.Globalization;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Venue.Verification;

namespace Dmex.Fast.Venue.Orders;

/// <summary>
/// Reads the body of <c>POST /api/order</c>: the documented fields of an order, with <c>v</c>, <c>r</c>, <c>s</c> over its <c>hash</c> and
/// <c>replace_hash</c>, which is zero for none. Fields that the venue does not need are ignored.
/// </summary>
internal static class OrderRequestParser
{
    /// <exception cref="FormatException">The body is not an order; the message says why.</exception>
    public static OrderRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException("the message is not valid JSON", e);
        }
    }

    /// <summary>Reads <c>0x</c> and 40 hex digits of any case.</summary>
    public static bool TryParseAddress(string? text, out VenueAddress address)
    {
        address = default;
        return text is { Length: 2 + (2 * VenueAddress.Size) } && text.StartsWith("0x", StringComparison.Ordinal)
            && Convert.FromHexString(text.AsSpan(2), address, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    private static OrderRequest Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("the message is not a JSON object");
        }

        var scalars = default(SignatureScalars);
        Scalar(root, "r", ((Span<byte>)scalars)[..32]);
        Scalar(root, "s", ((Span<byte>)scalars)[32..]);
        var replaced = Hash(root, "replace_hash");
        return new OrderRequest
        {
            Hash = Hash(root, "hash"),
            Owner = TryParseAddress(Text(root, "user_address"), out var owner)
                ? owner
                : throw new FormatException("user_address is not 0x and 40 hex digits"),
            Details = new VenueOrderDetails
            {
                Asset = Text(root, "asset"),
                IsBuy = Flag(root, "side"),
                Price = Number(root, "price"),
                Amount = Number(root, "amount"),
                IsStop = Flag(root, "stop"),
            },
            V = Field(root, "v") is { ValueKind: JsonValueKind.Number } v && v.TryGetInt32(out var recovery) && recovery is 27 or 28
                ? recovery
                : throw new FormatException("v is not the number 27 or 28"),
            Scalars = scalars,
            Replaces = replaced == default ? null : replaced,
        };
    }

    private static JsonElement Field(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value : throw new FormatException($"{name} is missing");

    private static string Text(JsonElement root, string name) =>
        Field(root, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"{name} is not a text");

    private static bool Flag(JsonElement root, string name) =>
        Field(root, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value
            ? value.GetBoolean()
            : throw new FormatException($"{name} is neither true nor false");

    private static UInt128 Number(JsonElement root, string name) =>
        UInt128.TryParse(Text(root, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{name} is not a whole number");

    private static VenueHash Hash(JsonElement root, string name) =>
        VenueHash.TryParse(Encoding.UTF8.GetBytes(Text(root, name)), out var hash)
            ? hash
            : throw new FormatException($"{name} is not 0x and 64 lower-case hex digits");

    private static void Scalar(JsonElement root, string name, Span<byte> destination) => Hash(root, name).CopyTo(destination);
}
