using System.Text;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Replies;

/// <summary>An operator's rules. In the cases A stands for a hash and ' for ".</summary>
public sealed class ReplyRulesTests
{
    private const string Done =
        "{'rules':[{'name':'done','means':'confirmed','message':{'op':'cancel_order','status':'done','order_hash':'$order','time?':'$any'}}]}";

    [Theory]
    [InlineData("A:Confirmed", "{'op':'cancel_order','status':'done','order_hash':'A'}")]
    [InlineData("A:Confirmed", "{'order_hash':'A','time':17,'status':'done','op':'cancel_order'}")]
    [InlineData("-", "{'op':'cancel_order','status':'done','order_hash':'A','order_status':'open'}")]
    [InlineData("-", "{'op':'cancel_order','status':'done','order_hash':'A','anything':1}")]
    [InlineData("-", "{'op':'cancel_order','status':'done','order_hash':'A','time':{'status':'open'}}")]
    [InlineData("-", "{'op':'cancel_order','status':'done','status':'done','order_hash':'A'}")]
    [InlineData("-", "{'op':'cancel_order','status':'Done','order_hash':'A'}")]
    [InlineData("-", "{'op':'cancel_order','status':'done'}")]
    [InlineData("-", "{'op':'cancel_order','status':'done','order_hash':'A'")]
    [InlineData(
        "A:Confirmed", "{'op':'cancel_order','status':'done','order_hash':'A'}\n{'op':'cancel_order','status':'done','order_hash':'A'}")]
    [InlineData("-", "{'op':'cancel_order','status':'done','order_hash':'A'}\n{'order_hash':'A','status':'open'}")]
    [InlineData("A:Confirmed", "{'op':'cancel_order','status':'canceled','order_hash':'A'}")]
    [InlineData("A:Rejected", "{'op':'cancel_order','status':'error','order_hash':'A','error':'no'}")]
    public void A_rule_takes_its_whole_form_and_the_tables_take_the_rest(string expected, string message) =>
        Assert.Equal(expected, ReplyVectors.Verdict(Load(Done), Text(message)));

    [Theory]
    [InlineData(
        "A:Gone.Filled", "{'rules':[{'name':'g','means':'gone','gone':'filled','message':{'x':7,'h':'$order','why':'$reason'}}]}",
        "{'x':7,'h':'A','why':'late'}", "late")]
    [InlineData("A:Gone.Unspecified", "{'rules':[{'name':'g','means':'gone','message':[7,'$order']}]}", "[7,'A']", "")]
    [InlineData(
        "A:Rejected", "{'rules':[{'name':'n','means':'rejected','message':{'x':7,'h':'$order','why':'$reason'}}]}",
        "{'x':7,'h':'A','why':'frozen'}", "frozen")]
    [InlineData("A:Acknowledged", "{'rules':[{'name':'n','means':'acknowledged','message':{'x':7,'h':'$order'}}]}", "{'x':7,'h':'A'}", "")]
    [InlineData("-", "{'rules':[{'name':'n','means':'nothing','message':{'x':7,'h':'$order'}}]}", "{'x':7,'h':'A'}", "")]
    public void A_rule_has_any_meaning(string expected, string rules, string message, string reason)
    {
        var classifier = Load(rules);
        var bytes = Encoding.UTF8.GetBytes(Text(message));
        Assert.Equal(expected, ReplyVectors.Verdict(classifier, Text(message)));
        var replies = new ReplyList();
        _ = classifier.Classify(bytes, replies);
        Assert.Equal(reason, replies.Count == 0 ? "" : Encoding.UTF8.GetString(bytes, replies[0].ReasonOffset, replies[0].ReasonLength));
    }

    [Theory]
    [InlineData("throttled", ReplySignal.Throttled)]
    [InlineData("busy", ReplySignal.Busy)]
    [InlineData("rejected", ReplySignal.ErrorWithoutHash)]
    [InlineData("nothing", ReplySignal.None)]
    public void A_message_without_a_hash_has_its_rules_signal(string means, ReplySignal signal)
    {
        var summary = Load("{'rules':[{'name':'n','means':'" + means + "','message':{'x':7,'wait':'$retryAfterMs'}}]}")
            .Classify(Encoding.UTF8.GetBytes(Text("{'x':7,'wait':250}")), new ReplyList());
        Assert.Equal((0, signal, TimeSpan.FromMilliseconds(250)), (summary.Count, summary.Signal, summary.RetryAfter));
    }

    [Theory]
    [InlineData(1, "no JSON here", "")]
    [InlineData(2, "no JSON here", "{\n'rules' []}")]
    [InlineData(1, "a rules file is an object", "[]")]
    [InlineData(1, "the only member is \"rules\"", "{'rule':[]}")]
    [InlineData(1, "no rule", "{'rules':[]}")]
    [InlineData(3, "a rule has no \"when\"", "{'rules':[\n{'name':'n',\n'when':1}]}")]
    [InlineData(2, "\"means\" is \"canceled\". Expected one of \"confirmed\"", "{'rules':[\n{'name':'n','means':'canceled'}]}")]
    [InlineData(1, "has no \"means\"", "{'rules':[{'name':'n','message':{'a':1}}]}")]
    [InlineData(1, "has no \"message\"", "{'rules':[{'name':'n','means':'busy'}]}")]
    [InlineData(1, "a rule has no \"name\"", "{'rules':[{'means':'busy','message':{'a':1}}]}")]
    [InlineData(1, "\"gone\" goes only with", "{'rules':[{'name':'n','means':'busy','gone':'filled','message':{'a':1}}]}")]
    [InlineData(1, "\"$order\" is missing", "{'rules':[{'name':'n','means':'confirmed','message':{'a':1}}]}")]
    [InlineData(
        1, "\"$order\" is in it more than once", "{'rules':[{'name':'n','means':'confirmed','message':{'a':'$order','b':'$order'}}]}")]
    [InlineData(1, "nothing in it is fixed", "{'rules':[{'name':'n','means':'confirmed','message':{'a':'$order','b':'$any'}}]}")]
    [InlineData(1, "\"$hash\" is no place", "{'rules':[{'name':'n','means':'confirmed','message':{'a':'$hash','b':1}}]}")]
    [InlineData(1, "\"a\" appears twice", "{'rules':[{'name':'n','means':'busy','message':{'a':1,'a':2}}]}")]
    [InlineData(1, "\"name\" appears twice", "{'rules':[{'name':'n','name':'m','means':'busy','message':{'a':1}}]}")]
    [InlineData(
        2, "two rules are named \"n\"",
        "{'rules':[{'name':'n','means':'busy','message':{'a':1}},\n{'name':'n','means':'busy','message':{'a':2}}]}")]
    [InlineData(
        2, "\"status\" may tell whether the cancel succeeded",
        "{'rules':[{'name':'n','means':'confirmed','message':{'h':'$order','op':'x',\n'status':'$any'}}]}")]
    [InlineData(
        1, "\"text\" may tell whether the cancel succeeded",
        "{'rules':[{'name':'n','means':'confirmed','message':{'h':'$order','op':'x','text':'$reason'}}]}")]
    [InlineData(
        1, "read this message as \"rejected\"",
        "{'rules':[{'name':'n','means':'confirmed','message':{'op':'cancel','status':'error','order_hash':'$order'}}]}")]
    [InlineData(
        1, "read this message as \"confirmed\"",
        "{'rules':[{'name':'n','means':'rejected','message':{'op':'cancel','status':'ok','order_hash':'$order'}}]}")]
    [InlineData(
        1, "Remove it",
        "{'rules':[{'name':'n','means':'confirmed','overrides':'busy','message':{'op':'cancel','status':'ok','order_hash':'$order'}}]}")]
    public void A_wrong_file_is_refused_with_its_line_and_what_is_expected(int line, string fault, string rules)
    {
        var error = Assert.Throws<ReplyRulesException>(() => Load(rules));
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"test, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contradiction_of_the_tables_holds_when_it_is_said()
    {
        var rules = Load("{ // a comment\n'rules':[{'name':'n','means':'gone','overrides':'rejected','message':{'op':'cancel','status':'error','order_hash':'$order'}},]}");
        Assert.Equal("A:Gone.Unspecified", ReplyVectors.Verdict(rules, Text("{'op':'cancel','status':'error','order_hash':'A'}")));
    }

    [Fact]
    public void With_a_rule_that_matches_nothing_every_verdict_is_the_tables()
    {
        var rules = Load(Done);
        foreach (var (_, message) in ReplyVectors.Read("replies-handed.tsv").Concat(ReplyVectors.Read("replies-own.tsv")))
        {
            Assert.Equal(ReplyVectors.Verdict(new ReplyClassifier(), message), ReplyVectors.Verdict(rules, message));
        }
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        var rules = Load(Done);
        var message = Encoding.UTF8.GetBytes(Text("{'op':'cancel_order','status':'done','order_hash':'A','time':17}"));
        var replies = new ReplyList(1);
        Assert.Equal(0, AllocationMeter.Measure(100, () =>
        {
            replies.Clear();
            _ = rules.Classify(message, replies);
        }));
    }

    [Fact]
    public void A_file_is_read_by_its_path()
    {
        var path = Path.Combine(Path.GetTempPath(), $"dmex-rules-{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(path, Text(Done), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            Assert.Equal(1, ReplyRules.Load(path).Count);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<FileNotFoundException>(() => ReplyRules.Load(path));
    }

    private static ReplyRules Load(string rules) => ReplyRules.Load(new MemoryStream(Encoding.UTF8.GetBytes(Text(rules))), "test");

    private static string Text(string text) =>
        text.Replace('\'', '"').Replace("\"A\"", $"\"{ReplyClassifierTests.A}\"", StringComparison.Ordinal);
}
