using System.Text;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>Reads a file of rules and says what is wrong with it. For one call.</summary>
internal sealed class ReplyRulesFile
{
    private const int MaxSize = 1 << 20;
    private const int MaxRules = 256;
    private const string Form = """{"rules":[{"name":"…","means":"confirmed","message":{…}}]}""";

    private static readonly (string Word, ReplyKind Kind)[] Meanings =
    [
        ("confirmed", ReplyKind.Confirmed), ("acknowledged", ReplyKind.Acknowledged), ("gone", ReplyKind.Gone),
        ("rejected", ReplyKind.Rejected), ("throttled", ReplyKind.Throttled), ("busy", ReplyKind.Busy), ("nothing", ReplyKind.None),
    ];

    private static readonly (string Word, GoneReason Reason)[] Ends =
    [
        ("filled", GoneReason.Filled), ("canceled", GoneReason.Canceled), ("expired", GoneReason.Expired),
        ("notFound", GoneReason.NotFound), ("unspecified", GoneReason.Unspecified),
    ];

    private readonly byte[] _bytes;
    private readonly string _source;

    private ReplyRulesFile(byte[] bytes, string source)
    {
        _bytes = bytes;
        _source = source;
    }

    /// <summary>Reads all rules.</summary>
    /// <exception cref="ReplyRulesException">Something is wrong; the message says where and why.</exception>
    public static ReplyRule[] Read(Stream utf8Json, string source)
    {
        using var copy = new MemoryStream();
        var part = new byte[4096];
        for (int read; (read = utf8Json.Read(part)) > 0;)
        {
            copy.Write(part, 0, read);
            if (copy.Length > MaxSize)
            {
                throw new ReplyRulesException($"{source}: larger than {MaxSize} bytes, which no file of reply rules is.", 0);
            }
        }

        var bytes = copy.ToArray();
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        var file = new ReplyRulesFile(bytes, source);
        try
        {
            var reader = new Utf8JsonReader(
                bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return file.ReadAll(ref reader);
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0) + 1;
            throw new ReplyRulesException($"{source}, line {line}: no JSON here. Expected {Form}", line, e);
        }
    }

    private ReplyRule[] ReadAll(ref Utf8JsonReader reader)
    {
        List<ReplyRule>? rules = null;
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, in reader, $"a rules file is an object. Expected {Form}");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Expect(reader.ValueTextEquals("rules"u8) && rules is null, in reader, $"the only member is \"rules\", once. Expected {Form}");
            _ = reader.Read();
            Expect(reader.TokenType == JsonTokenType.StartArray, in reader, $"\"rules\" is an array. Expected {Form}");
            rules = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Expect(rules.Count < MaxRules, in reader, $"more than {MaxRules} rules.");
                var rule = ReadRule(ref reader);
                Expect(rules.TrueForAll(other => !string.Equals(other.Name, rule.Name, StringComparison.Ordinal)), rule.Line,
                    $"two rules are named \"{rule.Name}\". Give each its own name.");
                rules.Add(rule);
            }
        }

        _ = reader.Read();
        Expect(rules is { Count: > 0 }, in reader, $"no rule. Expected {Form}");
        return [.. rules!];
    }

    private ReplyRule ReadRule(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, in reader, "a rule is an object with \"name\", \"means\" and \"message\".");
        var line = Line(in reader);
        string? name = null;
        ReplyKind? kind = null, overrides = null;
        GoneReason? gone = null;
        ReplyTemplate? template = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = reader.GetString()!;
            _ = reader.Read();
            var isFirst = member switch
            {
                "name" => Set(ref name, ReadText(in reader, member)),
                "means" => Set(ref kind, Choose(in reader, member, Meanings)),
                "overrides" => Set(ref overrides, Choose(in reader, member, Meanings)),
                "gone" => Set(ref gone, Choose(in reader, member, Ends)),
                "message" => Set(ref template, new ReplyTemplateReader(this).Read(ref reader)),
                _ => throw Error(Line(in reader), $"a rule has no \"{member}\". It has \"name\", \"means\", \"message\","
                    + " and if need be \"gone\" and \"overrides\"."),
            };
            Expect(isFirst, in reader, $"\"{member}\" appears twice in one rule.");
        }

        Expect(!string.IsNullOrWhiteSpace(name), line, "a rule has no \"name\". Give it one that tells it apart.");
        Expect(kind is not null, line, $"rule \"{name}\" has no \"means\". Expected one of {Words(Meanings)}.");
        Expect(template is not null, line,
            $"rule \"{name}\" has no \"message\". Expected the form of the whole message, as an object or an array.");
        Expect(gone is null || kind == ReplyKind.Gone, line, $"rule \"{name}\": \"gone\" goes only with \"means\": \"gone\".");
        var rule = new ReplyRule
        {
            Name = name!,
            Kind = kind!.Value,
            Gone = kind == ReplyKind.Gone ? gone ?? GoneReason.Unspecified : GoneReason.None,
            Template = template!,
            HasOrder = ReplyRuleChecks.Count(template!, ReplyTemplateKind.Order) > 0,
            Overrides = overrides ?? ReplyKind.None,
            Line = line,
        };
        if (ReplyRuleChecks.Find(rule) is var (faultLine, fault))
        {
            throw Error(faultLine, $"rule \"{name}\": {fault}");
        }

        return rule;
    }

    /// <summary>The word that a file has for a kind.</summary>
    public static string Word(ReplyKind kind) => Meanings.First(meaning => meaning.Kind == kind).Word;

    /// <summary>The line of the reader's current token, from 1.</summary>
    public int Line(in Utf8JsonReader reader) => Line((int)reader.TokenStartIndex);

    /// <summary>Throws unless a condition holds.</summary>
    public void Expect(bool condition, in Utf8JsonReader reader, string fault) => Expect(condition, Line(in reader), fault);

    /// <summary>An error in a line.</summary>
    public ReplyRulesException Error(int line, string fault) => new($"{_source}, line {line}: {fault}", line);

    private static bool Set<T>(ref T? place, T value)
    {
        var isFirst = place is null;
        place = value;
        return isFirst;
    }

    private static bool Set<T>(ref T? place, T value)
        where T : struct
    {
        var isFirst = place is null;
        place = value;
        return isFirst;
    }

    private static string Words<T>((string Word, T Value)[] choices) => string.Join(", ", choices.Select(choice => $"\"{choice.Word}\""));

    private T Choose<T>(in Utf8JsonReader reader, string member, (string Word, T Value)[] choices)
    {
        var word = ReadText(in reader, member);
        foreach (var choice in choices)
        {
            if (string.Equals(choice.Word, word, StringComparison.Ordinal))
            {
                return choice.Value;
            }
        }

        throw Error(Line(in reader), $"\"{member}\" is \"{word}\". Expected one of {Words(choices)}.");
    }

    private string ReadText(in Utf8JsonReader reader, string member)
    {
        Expect(reader.TokenType == JsonTokenType.String, in reader, $"\"{member}\" is a string.");
        return reader.GetString()!;
    }

    private void Expect(bool condition, int line, string fault)
    {
        if (!condition)
        {
            throw Error(line, fault);
        }
    }

    private int Line(int offset) => 1 + _bytes.AsSpan(0, Math.Min(offset, _bytes.Length)).Count((byte)'\n');
}
