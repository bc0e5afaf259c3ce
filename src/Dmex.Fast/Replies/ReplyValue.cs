using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>A single JSON value beside its words: its type, and what it is as a number.</summary>
internal readonly ref struct ReplyValue
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly double _number;

    public ReplyValue(JsonTokenType token, ReadOnlySpan<byte> bytes)
    {
        Token = token;
        _bytes = bytes;
        _number = double.NaN;
        var mayBeNumber = token is JsonTokenType.Number || (token == JsonTokenType.String && bytes.Length is > 0 and <= 24
            && (char.IsAsciiDigit((char)bytes[0]) || bytes[0] is (byte)'-' or (byte)'+'));
        if (mayBeNumber && Utf8Parser.TryParse(bytes, out double number, out var length) && length == bytes.Length)
        {
            _number = number;
        }
    }

    public JsonTokenType Token { get; }

    public bool IsString => Token == JsonTokenType.String;

    public bool IsNumber => !double.IsNaN(_number);

    public double Number => _number;

    public bool IsZero => _number == 0;

    /// <summary>Whether it is the status of a transaction that failed, as in a chain's receipt.</summary>
    public bool IsFailedReceipt => IsString && Ascii.EqualsIgnoreCase(_bytes, "0x0"u8);

    public bool IsFalse => Token == JsonTokenType.False || (IsString && Ascii.EqualsIgnoreCase(_bytes, "false"u8));

    public bool IsTrue => Token == JsonTokenType.True || (IsString && Ascii.EqualsIgnoreCase(_bytes, "true"u8));

    /// <summary>Whether it is a status of success as in HTTP, or one that comparable venues use.</summary>
    public bool IsGoodCode => _number is (>= 200 and < 300 and not 202) or 200_000;

    /// <summary>Whether a numeric code says that the error may pass.</summary>
    public ReplyMarks PassingCode => _number switch
    {
        429 or 418 => ReplyMarks.Throttled,
        408 or (>= 500 and < 600) => ReplyMarks.Busy,
        _ => ReplyMarks.None,
    };
}
