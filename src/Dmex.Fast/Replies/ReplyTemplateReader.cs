using System.Text;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Reads the form of a message from a rule.</summary>
internal sealed class ReplyTemplateReader(ReplyRulesFile file)
{
    private static readonly (string Word, ReplyTemplateKind Kind)[] Places =
    [
        ("$order", ReplyTemplateKind.Order), ("$any", ReplyTemplateKind.Any), ("$reason", ReplyTemplateKind.Reason),
        ("$retryAfterSeconds", ReplyTemplateKind.RetryAfterSeconds), ("$retryAfterMs", ReplyTemplateKind.RetryAfterMilliseconds),
    ];

    /// <summary>Reads a template and leaves the reader on its end.</summary>
    public ReplyTemplate Read(ref Utf8JsonReader reader)
    {
        file.Expect(
            ReplyWalk.IsContainer(reader.TokenType), in reader, "\"message\" is the form of the whole message, an object or an array.");
        return ReadValue(ref reader);
    }

    private ReplyTemplate ReadValue(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.String => ReadString(in reader),
        _ => new ReplyTemplate { Kind = ReplyTemplateKind.Literal, Value = reader.ValueSpan.ToArray() },
    };

    private ReplyTemplate ReadObject(ref Utf8JsonReader reader)
    {
        List<ReplyTemplateMember> members = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var line = file.Line(in reader);
            var name = reader.GetString()!;
            var isOptional = name.EndsWith('?');
            var utf8 = Encoding.UTF8.GetBytes(isOptional ? name[..^1] : name);
            var isNew = members.TrueForAll(member => !member.Name.AsSpan().SequenceEqual(utf8));
            file.Expect(isNew, in reader, $"\"{name}\" appears twice in one object.");
            file.Expect(members.Count < ReplyTemplate.MaxMembers, in reader, $"an object of more than {ReplyTemplate.MaxMembers} members.");
            _ = reader.Read();
            members.Add(new ReplyTemplateMember(utf8, ReadValue(ref reader), isOptional, line));
        }

        return new ReplyTemplate { Kind = ReplyTemplateKind.Object, Members = [.. members] };
    }

    private ReplyTemplate ReadArray(ref Utf8JsonReader reader)
    {
        List<ReplyTemplateMember> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var line = file.Line(in reader);
            items.Add(new ReplyTemplateMember([], ReadValue(ref reader), IsOptional: false, line));
        }

        return new ReplyTemplate { Kind = ReplyTemplateKind.Array, Members = [.. items] };
    }

    private ReplyTemplate ReadString(in Utf8JsonReader reader)
    {
        var text = reader.GetString()!;
        foreach (var (word, kind) in Places)
        {
            if (string.Equals(word, text, StringComparison.Ordinal))
            {
                return new ReplyTemplate { Kind = kind };
            }
        }

        var words = string.Join(", ", Places.Select(place => $"\"{place.Word}\""));
        file.Expect(
            !text.StartsWith('$'), in reader, $"\"{text}\" is no place. Expected a value as the venue writes it, or one of {words}.");
        return new ReplyTemplate { Kind = ReplyTemplateKind.Text, Value = Encoding.UTF8.GetBytes(text) };
    }
}
