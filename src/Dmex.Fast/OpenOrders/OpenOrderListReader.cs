using System.Buffers.Text;
using System.Text.Json;

namespace Dmex.Fast.OpenOrders;

/// <summary>
/// Reads <c>{"success":true,"data":[…]}</c> piece by piece, so that a list of any length takes the memory of its longest order. Not
/// thread-safe; one list each.
/// </summary>
/// <remarks>
/// Fields that are not known are ignored, but for those by which a list may say that it is only a part of the whole. By
/// <see cref="Utf8JsonReader"/> and not by a generated serializer: a comparison needs one field of twenty of each order, and a serializer
/// would make an object and three strings of each, and could not name what is missing by the venue's name.
/// </remarks>
internal sealed class OpenOrderListReader<TSink>(ReadOnlyMemory<byte> account, TSink sink)
    where TSink : IOpenOrderSink
{
    private const int FirstBufferSize = 128 * 1024;
    private const int MaxRows = int.MaxValue;

    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 32 });
    private Place _place;
    private bool? _success;
    private bool _hasData;
    private string? _partial;
    private long? _total;
    private int _rows;

    private enum Place
    {
        Start,
        Object,
        Data,
        End,
    }

    /// <summary>Reads to the end.</summary>
    /// <param name="body">The list.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FormatException">It is not such a list, not whole, too long, or says that it failed.</exception>
    /// <exception cref="JsonException">It is not JSON, or cut.</exception>
    public async Task ReadAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(FirstBufferSize, maxBytes)];
        var filled = 0;
        long total = 0;
        while (true)
        {
            var read = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += read;
            total += read;
            if (total > maxBytes)
            {
                throw new FormatException($"it is longer than {nameof(OpenOrdersOptions.MaxBytes)} allows ({maxBytes} bytes)");
            }

            var consumed = Take(buffer.AsSpan(0, filled), isLast: read == 0);
            if (read == 0)
            {
                ThrowUnlessWhole();
                return;
            }

            filled -= consumed;
            buffer.AsSpan(consumed, filled).CopyTo(buffer);
            if (filled > buffer.Length / 2)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    /// <summary>Takes as many whole parts as the bytes hold; returns how many bytes those are.</summary>
    private int Take(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        while (true)
        {
            var before = reader;
            if (!TryTake(ref reader, bytes))
            {
                _state = before.CurrentState;
                return (int)before.BytesConsumed;
            }
        }
    }

    /// <summary>Takes one part: the beginning, a field, an order, or the end; false when the bytes do not hold it.</summary>
    private bool TryTake(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        if (!reader.Read())
        {
            return false;
        }

        switch (_place)
        {
            case Place.Start:
                _place = reader.TokenType == JsonTokenType.StartObject
                    ? Place.Object
                    : throw new FormatException("it is not a JSON object");
                return true;
            case Place.Object when reader.TokenType == JsonTokenType.EndObject:
                _place = Place.End;
                return true;
            case Place.Object:
                return TryTakeField(ref reader);
            default:
                return TryTakeOrder(ref reader, bytes);
        }
    }

    private bool TryTakeField(ref Utf8JsonReader reader)
    {
        var isSuccess = reader.ValueTextEquals("success"u8);
        var isData = reader.ValueTextEquals("data"u8);
        var name = isSuccess || isData ? null : reader.GetString();
        if (!reader.Read())
        {
            return false;
        }

        if (isData)
        {
            _place = reader.TokenType == JsonTokenType.StartArray && !_hasData
                ? Place.Data
                : throw new FormatException(_hasData ? "data occurs twice" : "data is not an array");
            _hasData = true;
            return true;
        }

        if (isSuccess)
        {
            var success = reader.TokenType == JsonTokenType.True;
            _success = _success is null || _success == success ? success : throw new FormatException("success occurs twice");
        }
        else
        {
            NotePart(name!, ref reader);
        }

        return reader.TrySkip();
    }

    /// <summary>DMEX documents no paging; should its list ever come in parts, a part is not the list.</summary>
    private void NotePart(string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "next" or "next_page" or "next_cursor" or "nextPage" or "nextCursor" or "cursor" or "has_more" or "hasMore"
                when reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False)
                    && !(reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(""u8)):
                _partial = name;
                break;
            case "total" or "total_count" or "totalCount" or "count"
                when reader.TokenType is JsonTokenType.Number or JsonTokenType.String
                    && Utf8Parser.TryParse(reader.ValueSpan, out long total, out var length) && length == reader.ValueSpan.Length:
                _total = total;
                break;
            default:
                break;
        }
    }

    private bool TryTakeOrder(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _place = Place.Object;
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException($"order {_rows} is not an object");
        }

        var start = (int)reader.TokenStartIndex;
        var row = default(OpenOrderRow);
        if (!OpenOrderRowReader.TryRead(ref reader, account.Span, _rows, ref row))
        {
            return false;
        }

        _rows = _rows < MaxRows ? _rows + 1 : throw new FormatException("it holds too many orders");
        if (!row.IsClosed && row.Remaining != UInt128.Zero)
        {
            sink.Add(row, bytes[start..(int)reader.BytesConsumed]);
        }

        return true;
    }

    private void ThrowUnlessWhole()
    {
        if (_success != true)
        {
            throw new FormatException(_success is null ? "it has no success" : "success is not true: the venue refused it");
        }

        if (!_hasData)
        {
            throw new FormatException("it has no data");
        }

        if (_partial is not null || (_total is { } total && total != _rows))
        {
            var part = _partial ?? $"{_rows} of {_total} orders";
            throw new FormatException($"it is a part of the list ({part}), and a part says nothing of what is not in it");
        }
    }
}
