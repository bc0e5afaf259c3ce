using System.Text;
using System.Text.Json;

namespace Dmex.Fast.Replies;

/// <summary>What keeps a rule from claiming more than its author meant. Pure functions.</summary>
internal static class ReplyRuleChecks
{
    private const string SampleHash = "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

    /// <summary>What is wrong with a rule, and in which line; null when nothing is.</summary>
    public static (int Line, string Fault)? Find(ReplyRule rule)
    {
        var orders = Count(rule.Template, ReplyTemplateKind.Order);
        var needsOrder = rule.Kind is ReplyKind.Confirmed or ReplyKind.Acknowledged or ReplyKind.Gone;
        if (orders > 1 || (orders == 0 && needsOrder))
        {
            return (rule.Line, orders > 1
                ? "\"$order\" is in it more than once."
                : "\"$order\" is missing: put it where the order's hash is.");
        }

        if (Count(rule.Template, ReplyTemplateKind.Text) + Count(rule.Template, ReplyTemplateKind.Literal) == 0)
        {
            return (rule.Line, "nothing in it is fixed, so any message of that form would match."
                + " Keep the values that tell what happened as the venue writes them.");
        }

        if (rule.Kind == ReplyKind.Confirmed && FindOpenPlace(rule.Template) is { } place)
        {
            var name = Encoding.UTF8.GetString(place.Name);
            return (place.Line, $"\"{name}\" may tell whether the cancel succeeded, so a confirmation must fix its value.");
        }

        var verdict = TableVerdict(rule);
        var contradicts = verdict != ReplyKind.None && verdict != rule.Kind
            && (rule.Kind != ReplyKind.None || verdict == ReplyKind.Confirmed);
        if (contradicts && rule.Overrides != verdict)
        {
            var word = ReplyRulesFile.Word(verdict);
            var remedy = $"If you know better, add \"overrides\": \"{word}\".";
            return (rule.Line, $"the built-in tables read this message as \"{word}\". {remedy}");
        }

        return rule.Overrides != ReplyKind.None && !contradicts
            ? (rule.Line, $"\"overrides\": the tables do not read this message as \"{ReplyRulesFile.Word(rule.Overrides)}\". Remove it.")
            : null;
    }

    /// <summary>How many places of a kind a template has.</summary>
    public static int Count(ReplyTemplate template, ReplyTemplateKind kind) =>
        (template.Kind == kind ? 1 : 0) + template.Members.Sum(member => Count(member.Value, kind));

    // A place that takes anything, under a name that may tell the outcome; or one that a message may be without.
    private static ReplyTemplateMember? FindOpenPlace(ReplyTemplate template)
    {
        foreach (var member in template.Members)
        {
            var takesAnything = member.Value.Kind is ReplyTemplateKind.Any or ReplyTemplateKind.Reason;
            var field = member.Name.Length == 0 ? ReplyField.State : ReplyNames.Find(member.Name);
            if (takesAnything && field is not (ReplyField.Harmless or ReplyField.HarmlessLike or ReplyField.Hash or ReplyField.Other))
            {
                return member;
            }

            if (FindOpenPlace(member.Value) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    private static ReplyKind TableVerdict(ReplyRule rule)
    {
        using var sample = new MemoryStream();
        using (var writer = new Utf8JsonWriter(sample))
        {
            Write(writer, rule.Template);
        }

        var first = new FirstReply();
        _ = new ReplyClassifier().Classify(sample.ToArray(), first);
        return first.Kind;
    }

    private static void Write(Utf8JsonWriter writer, ReplyTemplate template)
    {
        switch (template.Kind)
        {
            case ReplyTemplateKind.Object:
                writer.WriteStartObject();
                foreach (var member in template.Members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case ReplyTemplateKind.Array:
                writer.WriteStartArray();
                Array.ForEach(template.Members, member => Write(writer, member.Value));
                writer.WriteEndArray();
                break;
            case ReplyTemplateKind.Text:
                writer.WriteStringValue(template.Value);
                break;
            case ReplyTemplateKind.Literal:
                writer.WriteRawValue(template.Value);
                break;
            case ReplyTemplateKind.Order:
                writer.WriteStringValue(SampleHash);
                break;
            default:
                writer.WriteNumberValue(1);
                break;
        }
    }

    private sealed class FirstReply : IReplySink
    {
        public ReplyKind Kind { get; private set; }

        public bool OnReply(in Reply reply)
        {
            Kind = reply.Kind;
            return false;
        }
    }
}
