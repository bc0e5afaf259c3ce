using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.OpenOrders;

/// <summary>Reads one order of a list. Pure but for the names of its errors.</summary>
internal static class OpenOrderRowReader
{
    private static readonly (OpenOrderFields Field, string Name)[] Names =
    [
        (OpenOrderFields.Hash, "hash"), (OpenOrderFields.User, "user_address"), (OpenOrderFields.Asset, "asset"),
        (OpenOrderFields.Side, "side"), (OpenOrderFields.Price, "price"), (OpenOrderFields.Amount, "amount"),
        (OpenOrderFields.Remaining, "remaining_amount"),
        (OpenOrderFields.Stop, "stop"), (OpenOrderFields.Closed, "closed"), (OpenOrderFields.Created, "created_at"),
    ];

    /// <summary>Reads from the start of the object to its end; false when the bytes end before.</summary>
    /// <param name="reader">At the start of the object.</param>
    /// <param name="account">Whose orders are expected: <c>0x</c> and 40 hex digits of any case, as UTF-8.</param>
    /// <param name="index">The number of the order in the list, from 0, for messages.</param>
    /// <param name="row">The fields.</param>
    /// <exception cref="FormatException">A field is missing, occurs twice, has another form, or names another user.</exception>
    public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> account, int index, ref OpenOrderRow row)
    {
        var seen = OpenOrderFields.None;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return seen == OpenOrderFields.All ? true : throw Missing(index, seen);
            }

            var field = FieldOf(ref reader);
            if (!(field == OpenOrderFields.None ? reader.Read() && reader.TrySkip() : reader.Read()))
            {
                return false;
            }

            if (field != OpenOrderFields.None)
            {
                seen = (seen & field) == OpenOrderFields.None ? seen | field : throw Wrong(index, field, "occurs twice");
                ReadField(ref reader, field, account, index, ref row);
            }
        }

        return false;
    }

    // By length first: an order has some twenty fields, and a list a hundred thousand orders.
    private static OpenOrderFields FieldOf(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
        {
            var name = reader.GetString();
            return Array.Find(Names, entry => string.Equals(entry.Name, name, StringComparison.Ordinal)).Field;
        }

        var text = reader.ValueSpan;
        return text.Length switch
        {
            4 => text.SequenceEqual("hash"u8) ? OpenOrderFields.Hash
                : text.SequenceEqual("side"u8) ? OpenOrderFields.Side
                : text.SequenceEqual("stop"u8) ? OpenOrderFields.Stop
                : OpenOrderFields.None,
            5 => text.SequenceEqual("asset"u8) ? OpenOrderFields.Asset
                : text.SequenceEqual("price"u8) ? OpenOrderFields.Price
                : OpenOrderFields.None,
            6 => text.SequenceEqual("amount"u8) ? OpenOrderFields.Amount
                : text.SequenceEqual("closed"u8) ? OpenOrderFields.Closed
                : OpenOrderFields.None,
            10 => text.SequenceEqual("created_at"u8) ? OpenOrderFields.Created : OpenOrderFields.None,
            12 => text.SequenceEqual("user_address"u8) ? OpenOrderFields.User : OpenOrderFields.None,
            16 => text.SequenceEqual("remaining_amount"u8) ? OpenOrderFields.Remaining : OpenOrderFields.None,
            _ => OpenOrderFields.None,
        };
    }

    private static void ReadField(
        scoped ref Utf8JsonReader reader, OpenOrderFields field, ReadOnlySpan<byte> account, int index, ref OpenOrderRow row)
    {
        switch (field)
        {
            case OpenOrderFields.Hash:
                if (!OrderHash.TryParse(Text(ref reader, field, index), out row.Hash))
                {
                    throw Wrong(index, field, "is not 0x and 64 hex digits");
                }

                break;
            case OpenOrderFields.User:
                if (!Ascii.EqualsIgnoreCase(Text(ref reader, field, index), account))
                {
                    throw Wrong(index, field, $"is not {Encoding.UTF8.GetString(account)}: the list holds another user's order");
                }

                break;
            case OpenOrderFields.Asset:
                row.Asset = Text(ref reader, field, index);
                break;
            case OpenOrderFields.Created:
                if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out row.Created))
                {
                    throw Wrong(index, field, "is not a time such as \"2024-01-15T10:30:00Z\"");
                }

                break;
            case OpenOrderFields.Side:
                row.IsBuy = Flag(ref reader, field, index);
                break;
            case OpenOrderFields.Stop:
                row.IsStop = Flag(ref reader, field, index);
                break;
            case OpenOrderFields.Closed:
                row.IsClosed = Flag(ref reader, field, index);
                break;
            case OpenOrderFields.Price:
                row.Price = Number(ref reader, field, index);
                break;
            case OpenOrderFields.Amount:
                row.Amount = Number(ref reader, field, index);
                break;
            default:
                row.Remaining = Number(ref reader, field, index);
                break;
        }
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, OpenOrderFields field, int index)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Wrong(index, field, "is not a string");
        }

        return reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
    }

    private static bool Flag(scoped ref Utf8JsonReader reader, OpenOrderFields field, int index) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? reader.TokenType == JsonTokenType.True
            : throw Wrong(index, field, "is neither true nor false");

    private static UInt128 Number(scoped ref Utf8JsonReader reader, OpenOrderFields field, int index)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            // Nearly all fit into 64 bits, which are read several times as fast.
            if (Utf8Parser.TryParse(reader.ValueSpan, out ulong small, out var length) && length == reader.ValueSpan.Length)
            {
                return small;
            }

            if (UInt128.TryParse(reader.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        throw Wrong(index, field, "is not a whole number below 2^128");
    }

    private static FormatException Missing(int index, OpenOrderFields seen) => new(
        $"order {index} has no {string.Join(", ", Names.Where(name => !seen.HasFlag(name.Field)).Select(name => name.Name))}");

    private static FormatException Wrong(int index, OpenOrderFields field, string what) =>
        new($"order {index}: {Array.Find(Names, name => name.Field == field).Name} {what}");
}
