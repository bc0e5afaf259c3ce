using System.Buffers;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>Walks a JSON value and gathers its facts. Stateless; as deep in calls as the value is nested.</summary>
internal static class ReplySurvey
{
    /// <summary>Gathers the facts of an object or an array and leaves the reader on its end.</summary>
    /// <param name="reader">Stands on the beginning of the object or array.</param>
    /// <param name="field">What the property that holds it is read as.</param>
    /// <param name="inError">Whether it is an error, or inside one.</param>
    /// <exception cref="JsonException">The rest is no JSON, or nested too deeply.</exception>
    public static ReplyFacts Walk(ref Utf8JsonReader reader, ReplyField field, bool inError) =>
        reader.TokenType == JsonTokenType.StartObject ? WalkObject(ref reader, inError) : WalkArray(ref reader, field, inError);

    /// <summary>Reads a hash: a string of 0x and 64 hex digits, in either case.</summary>
    /// <param name="reader">Stands on any value.</param>
    /// <param name="hash">The hash.</param>
    public static bool TryReadHash(in Utf8JsonReader reader, out OrderHash hash)
    {
        hash = default;
        var text = reader.ValueSpan;
        if (reader.TokenType != JsonTokenType.String || text.Length != OrderHash.TextLength || text[0] != '0' || (text[1] | 0x20) != 'x')
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        if (Convert.FromHexString(text[2..], bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        hash = new OrderHash(bytes);
        return true;
    }

    /// <summary>Whether a value opens an object or an array.</summary>
    public static bool IsContainer(JsonTokenType token) => token is JsonTokenType.StartObject or JsonTokenType.StartArray;

    private static ReplyFacts WalkObject(ref Utf8JsonReader reader, bool inError)
    {
        ReplyFacts facts = default;
        ulong seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var field = ReplyNames.Find(in reader, ref seen, out var isSuspect);
            facts.Marks |= isSuspect ? ReplyMarks.Broken : ReplyMarks.None;
            _ = reader.Read();
            var isError = inError || field == ReplyField.Error;
            if (IsContainer(reader.TokenType))
            {
                var child = Walk(ref reader, field, isError);
                facts.AddChild(in child, isError);
            }
            else if (field == ReplyField.Hash && TryReadHash(in reader, out var hash))
            {
                facts.AddHash(in hash);
                facts.Marks |= inError ? ReplyMarks.Error : ReplyMarks.None;
            }
            else
            {
                ReplyValues.Add(in reader, field, inError, ref facts);
            }
        }

        return facts;
    }

    private static ReplyFacts WalkArray(ref Utf8JsonReader reader, ReplyField field, bool inError)
    {
        ReplyFacts facts = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (IsContainer(reader.TokenType))
            {
                var child = Walk(ref reader, field, inError);
                facts.AddChild(in child, inError);
            }
            else if (field == ReplyField.Hash && TryReadHash(in reader, out var hash))
            {
                facts.AddHash(in hash);
                facts.Marks |= inError ? ReplyMarks.Error : ReplyMarks.None;
            }
            else if (inError || field is ReplyField.Text or ReplyField.Reason)
            {
                ReplyValues.Add(in reader, field, inError, ref facts);
            }
        }

        return facts;
    }
}
