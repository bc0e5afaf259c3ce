using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Replies;

/// <summary>What holds for any message that is confirmed, whatever is done to it.</summary>
public sealed class ReplyPropertyTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;

    private static readonly ReplyClassifier Classifier = new();

    // Against any reason: the state of the order, a flag, a result, an error, a text.
    private static readonly string[] Disagreeing =
    [
        "'order_status':'open'", "'orderState':'LIVE'", "'ordStatus':'New'", "'exec_type':'PENDING_CANCEL'", "'lifecycle_state':'working'",
        "'is_open':true", "'is_live':true", "'still_open':true", "'isActive':1", "'on_book':true", "'pending':true", "'closed':false",
        "'is_canceled':false", "'canceled':0", "'cancelled':'no'", "'canceled_count':0", "'success':false", "'ok':0", "'succeeded':'false'",
        "'cancel_status':'failed'", "'cancelResult':'REJECTED'", "'cancel_state':'pending'", "'order_result':'NOT_CANCELED'",
        "'result_code':17", "'sub_code':'51'", "'retCode':9", "'http_status':503", "'error':'denied'", "'errors':['x']", "'failed':1",
        "'rejectReason':'SOMETHING'", "'failure':{'why':'frozen'}", "'order':{'state':'open'}", "'info':{'order':{'is_open':true}}",
        "'details':[{'status':'live'}]", "'results':[false]", "'statuses':['open']", "'canceled_orders':[]",
        "'message':'not canceled, the order stays open'", "'note':'the cancel failed to reach the engine, order still live'",
        "'remark':'could not be canceled'", "'order_\\u0073tatus':'\\u006fpen'", "'order_status':'partially_filled'", "'state2':'filled'",
        "'order_status':'rejected'", "'received':true", "'order_phase':'queued'",
    ];

    [Fact]
    public void A_field_that_disagrees_leaves_no_message_confirmed()
    {
        var random = Seed.Create(output);
        var confirmed = Confirmed();
        for (var round = 0; round < Rounds; round++)
        {
            var message = JsonNode.Parse(confirmed[random.Next(confirmed.Length)])!;
            var field = Disagreeing[random.Next(Disagreeing.Length)].Replace('\'', '"');
            var (name, value) = JsonNode.Parse("{" + field + "}")!.AsObject().Single();
            var around = ObjectsAround(message);
            var target = around[random.Next(around.Count)];
            if (target.ContainsKey(name))
            {
                continue;
            }

            target.Insert(random.Next(target.Count + 1), name, value?.DeepClone());
            var text = message.ToJsonString();
            Assert.False(IsConfirmed(text), $"{field} leaves it confirmed: {text}");
        }
    }

    [Fact]
    public void A_telling_name_twice_leaves_no_message_confirmed_unless_both_agree()
    {
        foreach (var text in Confirmed())
        {
            foreach (var name in new[] { "status", "success", "order_status", "state", "result" })
            {
                // A header's status is that of the transport.
                var isInHeader = text.Contains("\"header\":{", StringComparison.Ordinal);
                var property = $"\"{name}\":";
                var at = isInHeader ? text.LastIndexOf(property, StringComparison.Ordinal)
                    : text.IndexOf(property, StringComparison.Ordinal);
                if (at >= 0)
                {
                    Assert.False(IsConfirmed(text.Insert(at, $"\"{name}\":\"open\",")), text);
                    Assert.False(IsConfirmed(text.Insert(at, $"\"{name}\":false,")), text);
                }
            }
        }
    }

    [Fact]
    public void The_same_order_said_to_be_open_elsewhere_in_the_message_is_not_confirmed()
    {
        var open = $$"""{"order_hash":"{{ReplyClassifierTests.A}}","status":"open"}""";
        foreach (var text in Confirmed())
        {
            Assert.False(IsConfirmed($"[{text},{open}]"), text);
            Assert.False(IsConfirmed($"[{open},{text}]"), text);
            Assert.False(IsConfirmed($"{text}\n{open}"), text);
            Assert.False(IsConfirmed($"{open}{text}"), text);
        }
    }

    [Fact]
    public void Repeating_a_message_tells_each_order_once_and_as_before()
    {
        foreach (var file in new[] { "replies-handed.tsv", "replies-own.tsv" })
        {
            foreach (var (_, message) in ReplyVectors.Read(file).Where(vector => vector.Message[0] is '{' or '['))
            {
                Assert.Equal(ReplyVectors.Verdict(Classifier, message), ReplyVectors.Verdict(Classifier, message + "\n" + message));
            }
        }
    }

    [Fact]
    public void Cutting_a_message_anywhere_leaves_nothing_confirmed()
    {
        foreach (var text in Confirmed().Take(40))
        {
            for (var length = 0; length < text.Length; length++)
            {
                Assert.False(IsConfirmed(text[..length]), text[..length]);
            }
        }
    }

    [Fact]
    public void A_list_of_thousands_is_told_in_order_and_allocates_nothing()
    {
        const int Orders = 8_000;
        var objects = Enumerable.Range(0, Orders).Select(i => $$"""{"order_hash":"0x{{i:x64}}","status":"canceled"}""");
        var message = Encoding.UTF8.GetBytes($$"""{"op":"cancel_orders","results":[{{string.Join(',', objects)}}]}""");
        var replies = new ReplyList();
        Assert.Equal(Orders, Classifier.Classify(message, replies).Count);
        Assert.Equal(Enumerable.Range(0, Orders).Select(i => OrderHash.Parse($"0x{i:x64}")), replies.Select(reply => reply.Hash));
        Assert.Equal(0, AllocationMeter.Measure(1, () => _ = Classifier.Classify(message, ReplyCounter.Instance)));
    }

    [Theory]
    [InlineData("replies-handed.tsv")]
    [InlineData("replies-own.tsv")]
    public void Classifying_allocates_nothing(string file)
    {
        var messages = ReplyVectors.Read(file).Select(vector => Encoding.UTF8.GetBytes(vector.Message)).ToArray();
        Assert.Equal(
            0, AllocationMeter.Measure(
                1, () => Array.ForEach(messages, message => _ = Classifier.Classify(message, ReplyCounter.Instance))));
    }

    private static bool IsConfirmed(string message) =>
        ReplyVectors.Verdict(Classifier, message).Contains("Confirmed", StringComparison.Ordinal);

    // The messages that confirm the one order that they name.
    private static string[] Confirmed() =>
    [
        .. ReplyVectors.Read("replies-handed.tsv").Concat(ReplyVectors.Read("replies-own.tsv"))
            .Where(vector => string.Equals(vector.Expected, "A:Confirmed", StringComparison.Ordinal)
                && !vector.Message.Contains(ReplyClassifierTests.B, StringComparison.Ordinal)
                && !vector.Message.Contains("}\n", StringComparison.Ordinal) && vector.Message[0] is '{' or '[')
            .Select(vector => vector.Message),
    ];

    // The objects that hold the order's hash, from the inside to the whole; not the lists of single values.
    private static List<JsonObject> ObjectsAround(JsonNode message)
    {
        var place = All(message).First(node => node is JsonValue value && value.GetValueKind() == JsonValueKind.String
            && string.Equals(value.GetValue<string>(), ReplyClassifierTests.A, StringComparison.Ordinal));
        List<JsonObject> around = [];
        for (var node = place.Parent; node is not null; node = node.Parent)
        {
            if (node is JsonObject found)
            {
                around.Add(found);
            }
        }

        return around;
    }

    private static IEnumerable<JsonNode> All(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(member => All(member.Value)),
        JsonArray found => found.SelectMany(All),
        null => [],
        _ => [node],
    };
}
