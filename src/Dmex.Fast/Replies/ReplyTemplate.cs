using System.Buffers.Text;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>
/// The form of a whole message, from a rule: what it does not name, a message must not have. Immutable; thread-safe.
/// </summary>
internal sealed class ReplyTemplate
{
    /// <summary>The most members of an object.</summary>
    public const int MaxMembers = 64;

    private const double MaxRetrySeconds = 86_400;

    public required ReplyTemplateKind Kind { get; init; }

    /// <summary>The text or literal in UTF-8.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>The members of an object or the items of an array.</summary>
    public ReplyTemplateMember[] Members { get; init; } = [];

    /// <summary>Whether the reader's current value has this form; the reader is then on its end.</summary>
    /// <param name="reader">Stands on a value.</param>
    /// <param name="capture">Takes the hash, the reason and the time to wait.</param>
    /// <exception cref="JsonException">The message is no JSON.</exception>
    public bool Matches(ref Utf8JsonReader reader, ref ReplyCapture capture)
    {
        switch (Kind)
        {
            case ReplyTemplateKind.Object:
                return reader.TokenType == JsonTokenType.StartObject && MatchesObject(ref reader, ref capture);
            case ReplyTemplateKind.Array:
                return reader.TokenType == JsonTokenType.StartArray && MatchesArray(ref reader, ref capture);
            case ReplyTemplateKind.Text:
                return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(Value);
            case ReplyTemplateKind.Literal:
                return reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartObject or JsonTokenType.StartArray)
                    && reader.ValueSpan.SequenceEqual(Value);
            case ReplyTemplateKind.Order:
                return reader.TokenType == JsonTokenType.String && ReplyWalk.TryReadHash(reader.ValueSpan, out capture.Hash);
            case ReplyTemplateKind.Reason:
                capture.ReasonOffset = (int)reader.TokenStartIndex + (reader.TokenType == JsonTokenType.String ? 1 : 0);
                capture.ReasonLength = reader.ValueSpan.Length;
                return !ReplyWalk.IsContainer(reader.TokenType);
            case ReplyTemplateKind.RetryAfterSeconds:
                return TryReadRetryAfter(reader.ValueSpan, 1, ref capture);
            case ReplyTemplateKind.RetryAfterMilliseconds:
                return TryReadRetryAfter(reader.ValueSpan, 0.001, ref capture);
            default:
                return !ReplyWalk.IsContainer(reader.TokenType);
        }
    }

    private static bool TryReadRetryAfter(ReadOnlySpan<byte> value, double unitSeconds, ref ReplyCapture capture)
    {
        if (!Utf8Parser.TryParse(value, out double number, out var length) || length != value.Length || !(number >= 0))
        {
            return false;
        }

        capture.RetryAfter = TimeSpan.FromSeconds(Math.Min(number * unitSeconds, MaxRetrySeconds));
        return true;
    }

    private bool MatchesObject(ref Utf8JsonReader reader, ref ReplyCapture capture)
    {
        var seen = 0UL;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var index = 0;
            while (index < Members.Length && !reader.ValueTextEquals(Members[index].Name))
            {
                index++;
            }

            if (index == Members.Length || (seen & (1UL << index)) != 0)
            {
                return false;
            }

            seen |= 1UL << index;
            _ = reader.Read();
            if (!Members[index].Value.Matches(ref reader, ref capture))
            {
                return false;
            }
        }

        for (var i = 0; i < Members.Length; i++)
        {
            if (!Members[i].IsOptional && (seen & (1UL << i)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchesArray(ref Utf8JsonReader reader, ref ReplyCapture capture)
    {
        foreach (var member in Members)
        {
            if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray || !member.Value.Matches(ref reader, ref capture))
            {
                return false;
            }
        }

        return reader.Read() && reader.TokenType == JsonTokenType.EndArray;
    }
}
