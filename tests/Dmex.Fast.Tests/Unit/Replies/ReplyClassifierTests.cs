using System.Text;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Replies;

/// <summary>
/// What replies of many shapes mean. In the cases A, B and T stand for three hashes and ' for ". An outcome is the kind of
/// the only verdict, or None with the signal of the whole message.
/// </summary>
public sealed class ReplyClassifierTests
{
    internal const string A = "0x0a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899aabbccddeeff";
    internal const string B = "0xb000000000000000000000000000000000000000000000000000000000000001";

    private static readonly ReplyClassifier Classifier = new();

    [Theory]
    [InlineData("{'op':'cancel_order','status':'cancelled','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'canceled','order_hash':'A'}")]
    [InlineData("{'order_hash':'A','status':'cancelled','op':'cancel_order'}")]
    [InlineData("{'op':'cancel_order','status':'ok','data':{'order_hash':'A'}}")]
    [InlineData("{'op':'cancel_order','success':true,'data':{'order_hash':'A'}}")]
    [InlineData("{'op':'cancel_order','success':true,'order_hash':'A','error':null,'errors':[]}")]
    [InlineData("{'op':'cancel_order','success':true,'order_hash':'A','error':'','errors':{}}")]
    [InlineData("{'op':'cancel_order','ok':true,'order_hash':'A','error':false}")]
    [InlineData("{'op':'cancel_order','ok':1,'order_hash':'A','error':{'code':0,'message':''}}")]
    [InlineData("{'op':'cancel_order','code':0,'data':[{'orderHash':'A','errorCode':'0','errorMsg':''}]}")]
    [InlineData("{'op':'cancel_order','code':'0','msg':'','data':[{'orderHash':'A'}]}")]
    [InlineData("{'op':'cancel_order','status':200,'result':{'order_hash':'A'}}")]
    [InlineData("{'jsonrpc':'2.0','id':7,'result':{'type':'order_cancelled','order_id':'A'}}")]
    [InlineData("{'op':'cancel_order','result':'success','order_hash':'A'}")]
    [InlineData("{'op':'order_update','data':{'order_hash':'A','status':'cancelled','filled':'0'}}")]
    [InlineData("{'op':'order_update','data':{'order_hash':'A','status':'cancelled','reason':'user_requested'}}")]
    [InlineData("{'event':'order_cancelled','order':{'hash':'A','type':'limit','side':'buy'}}")]
    [InlineData("{'type':'OrderCanceled','orders':['A']}")]
    [InlineData("{'op':'cancel_orders','status':'cancelled','order_hashes':['A']}")]
    [InlineData("[{'action':'cancel','state':'CANCELED','order_hash':'A'}]")]
    [InlineData("  {'op':'cancel_order','status':'cancelled','order_hash':'A'}\n")]
    [InlineData("{'op':'cancel_order','status':'cancelled','order_hash':'A','rate_limit':{'remaining':3}}")]
    [InlineData("{'op':'cancel_order','status':'success','message':'Order A cancelled successfully.','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','order_hash':'A','reject_reason':'none','error_code':0,'is_open':false}")]
    [InlineData("{'op':'cancel_orders','status':'ok','cancelled':[{'order_hash':'A'}],'failed':[]}")]
    public void A_cancellation_with_its_hash_and_without_an_error_confirms(string message) =>
        Assert.Equal("Confirmed", Outcome(message));

    [Theory]
    [InlineData("{'op':'cancel_order','data':{'order_hash':'A','v':27,'r':'B','s':'B'}}")]
    [InlineData("{'op':'cancel_order','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'open','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'ok','data':{'order_hash':'A','status':'open'}}")]
    [InlineData("{'op':'cancel_order','status':'whatever','order_hash':'A'}")]
    [InlineData("{'status':'partially_cancelled','order_hash':'A'}")]
    [InlineData("{'status':'uncancelled','order_hash':'A'}")]
    [InlineData("{'type':'cancel_on_disconnect','status':'ok','order_hash':'A'}")]
    [InlineData("{'op':'subscribe','status':'ok','channel':'cancelled','order_hash':'A'}")]
    [InlineData("{'op':'order_update','status':'open','order_hash':'A'}")]
    [InlineData("{'op':'order_update','data':{'order_hash':'A','status':'filled'}}")]
    [InlineData("{'op':'order_update','data':{'order_hash':'A','status':'rejected'}}")]
    [InlineData("{'op':'order_update','data':{'order_hash':'A','status':'expired'}}")]
    [InlineData("{'op':'order_snapshot','data':{'orders':[{'order_hash':'A','status':'open'}]}}")]
    [InlineData("{'op':'create_order','status':'rejected','order_hash':'A','error':'insufficient margin'}")]
    [InlineData("{'op':'create_order','status':'ok','order_hash':'A'}")]
    [InlineData("{'order_hash':'A'}")]
    [InlineData("{'note':'cancelled','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','client_ref':'A'}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','order_hash':'A0'}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','replaced_by':{'order_hash':'A'}}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','status':'open','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','order_hash':'A','order_hash':'B'}")]
    [InlineData("{'op':'cancel_order','\\u0065rror':'x','status':'cancelled','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'\\u006fpen','ok':true,'order_hash':'A'}")]
    [InlineData("{'status':'cancelled','success':false,'order_hash':'A'}")]
    [InlineData("{'event':'order_cancelled','ok':false,'order_hash':'A'}")]
    [InlineData("{'status':'cancelled','code':17,'order_hash':'A'}")]
    [InlineData("{'status':'cancelled','errors':['x'],'order_hash':'A'}")]
    [InlineData("{'status':'cancelled','order_hash':'A','data':{'order_hash':'A','success':false}}")]
    [InlineData("{'op':'cancel_order','status':'ok','order_hash':'A','data':{'cancelled':false}}")]
    [InlineData("{'op':'cancel_order','status':'ok','order_hash':'A','is_open':true}")]
    [InlineData("{'op':'cancel_order','status':'ok','order_hash':'A','message':'order not found'}")]
    [InlineData("{'op':'cancel_orders','status':'ok','skipped':[{'order_hash':'A'}]}")]
    [InlineData("{'order_hash':'A','status':'open','cancelled':false}")]
    [InlineData("{'op':'cancel_order','statusé':'cancelled','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'cancelled','state':'filled','order_hash':'A'}")]
    [InlineData("{'status':'can\\'celled','order_hash':'A'}")]
    public void An_echo_an_event_or_a_contradiction_changes_nothing(string message) =>
        Assert.StartsWith("None", Outcome(message), StringComparison.Ordinal);

    [Theory]
    [InlineData("{'op':'cancel_order','status':'pending','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'received','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'accepted','order_hash':'A','success':true}")]
    [InlineData("{'op':'cancel_order','status':'queued','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'requested','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':202,'order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'ok','message':'cancel request received','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'ok','order_hash':'A','data':{'status':'pending'}}")]
    [InlineData("{'op':'cancel_requested','order_hash':'A','success':true}")]
    [InlineData("{'status':'pending_cancel','order_hash':'A'}")]
    [InlineData("{'status':'PendingCancel','order_hash':'A'}")]
    [InlineData("{'status':'cancelling','order_hash':'A'}")]
    [InlineData("{'status':'will be cancelled','order_hash':'A'}")]
    public void An_acknowledgement_is_told_as_such_and_is_no_confirmation(string message) =>
        Assert.Equal("Acknowledged", Outcome(message));

    [Theory]
    [InlineData("NotFound", "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'order_not_found','message':'no order of this hash is known'}}")]
    [InlineData("Filled", "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'order_not_open','reason':'filled','message':'the order is not open: it was filled'}}")]
    [InlineData("Canceled", "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'order_not_open','reason':'cancelled','message':'the order is not open: it was cancelled'}}")]
    [InlineData("Expired", "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'order_not_open','reason':'expired'}}")]
    [InlineData("Unspecified", "{'op':'cancel_order','status':'error','order_hash':'A','error':'order not open'}")]
    [InlineData("Unspecified", "{'op':'cancel_order','success':false,'order_hash':'A','message':'Order is no longer open.'}")]
    [InlineData("NotFound", "{'op':'cancel_rejected','data':{'order_hash':'A','reason':'UNKNOWN_ORDER'}}")]
    [InlineData("NotFound", "{'code':-2011,'op':'cancel_order','msg':'Unknown order sent.','order_hash':'A'}")]
    [InlineData("NotFound", "{'order_hash':'A','error':'orderNotFound'}")]
    [InlineData("NotFound", "{'order_hash':'A','error':'Order A not found'}")]
    [InlineData("NotFound", "{'order_hash':'A','status':'not_found'}")]
    [InlineData("NotFound", "{'order_hash':'A','error':'order not found or already filled'}")]
    [InlineData("NotFound", "{'order_hash':'A','error':'The order doesn\\'t exist'}")]
    [InlineData("Filled", "{'order_hash':'A','error':'Cannot cancel: order is already filled'}")]
    [InlineData("Filled", "{'order_hash':'A','ok':false,'status':'filled'}")]
    [InlineData("Filled", "{'op':'cancel_order','order_hash':'A','code':'already_filled'}")]
    [InlineData("Canceled", "{'order_hash':'A','errors':[{'message':'order has already been cancelled'}]}")]
    [InlineData("Expired", "{'order_hash':'A','error':{'message':'The order has expired'}}")]
    [InlineData("Filled", "{'op':'cancel_order','error':{'order_hash':'A','reason':'filled'}}")]
    [InlineData("NotFound", "{'op':'cancel_order','data':{'order_hash':'A'},'error':{'message':'order not found'}}")]
    public void An_error_that_says_how_the_order_went_is_gone(string reason, string message) =>
        Assert.Equal("Gone " + reason, Outcome(message));

    [Theory]
    [InlineData("{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'not_order_owner','message':'the signer is not the owner of the order'}}")]
    [InlineData("{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'bad_signature','message':'no signer can be recovered from the signature'}}")]
    [InlineData("{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'malformed_message','message':'the message is not understood'}}")]
    [InlineData("{'op':'cancel_rejected','order_hash':'A'}")]
    [InlineData("{'op':'cancel_failed','order_hash':'A'}")]
    [InlineData("{'status':'not_cancelled','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','success':false,'order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','ok':false,'order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','result':'error','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','code':1,'order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':403,'order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','errors':['nope'],'order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'ok','order_hash':'A','result':{'success':false}}")]
    [InlineData("{'op':'cancel_orders','not_cancelled':[{'order_hash':'A','why':'frozen'}]}")]
    [InlineData("{'order_hash':'A','error':'order cannot be cancelled'}")]
    [InlineData("{'order_hash':'A','error':'order was not cancelled'}")]
    [InlineData("{'order_hash':'A','error':'order is partially filled'}")]
    [InlineData("{'order_hash':'A','error':'signature expired'}")]
    [InlineData("{'order_hash':'A','error':'failed to cancel order. Expired session'}")]
    [InlineData("{'order_hash':'A','error':'market not open'}")]
    [InlineData("{'order_hash':'A','error':'account not found'}")]
    [InlineData("{'order_hash':'A','error':'unknown order type'}")]
    [InlineData("{'order_hash':'A','error':'unknown operation'}")]
    [InlineData("{'order_hash':'A','error':'unknown'}")]
    [InlineData("{'order_hash':'A','error':{'code':'CANCELLED','message':'context canceled'}}")]
    [InlineData("{'order_hash':'A','error':'rejected if the order is already filled'}")]
    [InlineData("{'order_hash':'A','status':'open','ok':false,'message':'order not found'}")]
    public void Any_other_error_with_the_hash_rejects(string message) => Assert.Equal("Rejected", Outcome(message));

    [Theory]
    [InlineData("Throttled", 250, "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'rate_limited','retry_after_ms':250,'message':'too many messages'}}")]
    [InlineData("Throttled", 1500, "{'order_hash':'A','error':'Too many requests','retry_after':1.5}")]
    [InlineData("Throttled", 2000, "{'order_hash':'A','error':'throttled','retryAfter':'2'}")]
    [InlineData("Throttled", -1, "{'op':'cancel_order','order_hash':'A','code':429}")]
    [InlineData("Throttled", -1, "{'op':'cancel_order','order_hash':'A','status':'RateLimitExceeded'}")]
    [InlineData("Throttled", -1, "{'order_hash':'A','error':{'code':'429'},'retry_after':-4}")]
    [InlineData("Throttled", -1, "{'order_hash':'A','error':'rate limit; order not found'}")]
    [InlineData("Throttled", 86_400_000, "{'order_hash':'A','error':'rate limit','retry_after':1e300}")]
    [InlineData(
        "Busy", -1,
        "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'busy','message':'the venue is busy, try again later'}}")]
    [InlineData("Busy", -1, "{'op':'cancel_order','order_hash':'A','status':'timeout'}")]
    [InlineData("Busy", -1, "{'op':'cancel_order','order_hash':'A','status':503}")]
    [InlineData("Busy", -1, "{'order_hash':'A','error':{'code':500}}")]
    [InlineData("Busy", -1, "{'order_hash':'A','error':'internal_error'}")]
    [InlineData("Busy", -1, "{'order_hash':'A','error':'Internal server error'}")]
    [InlineData("Busy", -1, "{'order_hash':'A','error':'system overloaded'}")]
    [InlineData("Busy", 3000, "{'order_hash':'A','error':'service unavailable','retry_after':3}")]
    [InlineData("Busy", -1, "{'order_hash':'A','error':'order not found, try again'}")]
    public void What_may_pass_is_never_final(string kind, int retryAfterMilliseconds, string message)
    {
        Assert.Equal(kind, Outcome(message, out var _, out var reply));
        Assert.Equal(retryAfterMilliseconds < 0 ? null : TimeSpan.FromMilliseconds(retryAfterMilliseconds), reply.RetryAfter);
    }

    [Theory]
    [InlineData(
        "Throttled",
        "{'op':'cancel_order','status':'error','error':{'code':'rate_limited','retry_after_ms':250,'message':'too many messages'}}")]
    [InlineData("Throttled", "{'message':'Too Many Requests'}")]
    [InlineData("Throttled", "{'op':'cancel_orders','error':'rate limit','retry_after_ms':250,'order':'none'}")]
    [InlineData("Busy", "{'op':'cancel_order','status':'error','error':{'code':'busy','message':'try again'}}")]
    [InlineData("ErrorWithoutHash", "{'op':'cancel_order','status':'error','error':{'code':'bad_signature'}}")]
    [InlineData(
        "ErrorWithoutHash",
        "{'op':'error','status':'error','error':{'code':'malformed_message','message':'the message is not understood'}}")]
    [InlineData("ErrorWithoutHash", "{'error':'unauthorised'}")]
    [InlineData("ErrorWithoutHash", "[{'success':false}]")]
    [InlineData("ErrorWithoutHash", "{'op':'cancel_orders','order_hashes':['A','B'],'error':'order not found'}")]
    [InlineData("Unrecognized", "{'op':'cancel_order','status':'cancelled'}")]
    [InlineData("Unrecognized", "{'op':'create_order','status':'error','error':'insufficient margin'}")]
    [InlineData("Unrecognized", "{'op':'ticker','price':'1.0','code':12}")]
    [InlineData("Unrecognized", "{'op':'news','message':'the system is busy'}")]
    [InlineData("Unrecognized", "{'type':'heartbeat'}")]
    [InlineData("Unrecognized", "{}")]
    [InlineData("Unrecognized", "[]")]
    [InlineData("Unrecognized", "[1,2,'A',[[]],null]")]
    [InlineData("Unrecognized", "'A'")]
    [InlineData("Unrecognized", "pong")]
    [InlineData("Unrecognized", "")]
    [InlineData("Unrecognized", "   ")]
    [InlineData("Unrecognized", "{")]
    [InlineData("Unrecognized", "{'op':'cancel_order','status':'cancelled','order_hash':'A'")]
    [InlineData("Unrecognized", "{'op':'cancel_order','status':'cancelled','order_hash':'A'}}")]
    [InlineData("Unrecognized", "{'op':'cancel_order','status':'cancelled','order_hash':'A'} x")]
    [InlineData("Unrecognized", "{'op':'cancel_order','status':'cancelled','order_hash':'A'} 5")]
    [InlineData("Unrecognized", "\uFEFF{'op':'cancel_order','status':'cancelled','order_hash':'A'}")]
    public void A_message_without_a_verdict_has_a_signal(string signal, string message) =>
        Assert.Equal("None " + signal, Outcome(message));

    [Fact]
    public void Several_hashes_are_classified_one_by_one()
    {
        var replies = new ReplyList();
        var summary = Classifier.Classify(
            Message(
                "{'op':'cancel_orders','results':[{'order_hash':'A','status':'cancelled'},{'order_hash':'B','error':'order not found'}]}"),
            replies);
        Assert.Equal(2, summary.Count);
        Assert.Equal(ReplySignal.None, summary.Signal);
        Assert.Equal((OrderHash.Parse(A), ReplyKind.Confirmed), (replies[0].Hash, replies[0].Kind));
        Assert.Equal((OrderHash.Parse(B), ReplyKind.Gone, GoneReason.NotFound), (replies[1].Hash, replies[1].Kind, replies[1].Gone));
    }

    [Fact]
    public void A_rate_limit_that_several_orders_share_throttles_each()
    {
        var replies = new ReplyList();
        var summary = Classifier.Classify(
            Message("{'op':'cancel_orders','order_hashes':['A','B'],'error':'rate limit','retry_after_ms':5}"), replies);
        Assert.Equal(2, summary.Count);
        Assert.All(
            replies, reply => Assert.Equal((ReplyKind.Throttled, TimeSpan.FromMilliseconds(5)), (reply.Kind, reply.RetryAfter!.Value)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void A_sink_that_says_stop_is_told_no_more(int room)
    {
        const int Orders = 10;
        var hashes = string.Join(',', Enumerable.Range(0, Orders).Select(i => $"'0x{i:x64}'"));
        var replies = new ReplyList(room);
        var summary = Classifier.Classify(Message("{'op':'cancel_orders','status':'cancelled','order_hashes':[" + hashes + "]}"), replies);
        Assert.Equal((room, ReplySignal.None), (summary.Count, summary.Signal));
        Assert.Equal(Enumerable.Range(0, room).Select(i => OrderHash.Parse($"0x{i:x64}")), replies.Select(reply => reply.Hash));
    }

    [Theory]
    [InlineData("not yours", "{'order_hash':'A','error':{'code':'not_order_owner','message':'not yours'}}")]
    [InlineData("bad_signature", "{'order_hash':'A','error':{'code':'bad_signature'}}")]
    [InlineData("bad_signature", "{'order_hash':'A','error':'bad_signature'}")]
    [InlineData("17", "{'op':'cancel_order','order_hash':'A','code':17}")]
    [InlineData("cancel_failed", "{'op':'cancel_failed','order_hash':'A'}")]
    [InlineData("frozen \\u00e9", "{'op':'cancel_order','error':'x','data':{'order_hash':'A','reason':'frozen \\u00e9'}}")]
    [InlineData("frozen é", "{'op':'cancel_order','error':'x','data':{'order_hash':'A','reason':'frozen é'}}")]
    public void The_reason_is_kept_as_a_place_in_the_message(string reason, string message)
    {
        var bytes = Message(message);
        Assert.Equal("Rejected", Outcome(message, out var _, out var reply));
        Assert.Equal(reason, Encoding.UTF8.GetString(bytes, reply.ReasonOffset, reply.ReasonLength));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hashes_are_read_in_either_case(bool upperPrefix)
    {
        var upper = A.ToUpperInvariant();
        var hash = upperPrefix ? upper : "0x" + upper[2..];
        Assert.Equal("Confirmed", Outcome("{'op':'cancel_order','status':'cancelled','order_hash':'" + hash + "'}", out _, out var reply));
        Assert.Equal(OrderHash.Parse(A), reply.Hash);
    }

    [Fact]
    public void Text_that_is_no_utf8_is_unrecognized()
    {
        var message = Message("{'op':'cancel_order','status':'cancelled','note':'#','order_hash':'A'}");
        message[Array.IndexOf(message, (byte)'#')] = 0xff;
        Assert.Equal(ReplySignal.Unrecognized, Classifier.Classify(message, new ReplyList()).Signal);
    }

    [Theory]
    [InlineData(20, ReplySignal.None)]
    [InlineData(40, ReplySignal.Unrecognized)]
    [InlineData(100_000, ReplySignal.Unrecognized)]
    public void Deep_nesting_is_followed_for_a_while_only(int depth, ReplySignal signal)
    {
        var message = "{'op':'cancel_order','status':'cancelled','data':" + new string('[', depth)
            + "{'order_hash':'A'}" + new string(']', depth) + "}";
        Assert.Equal(signal, Classifier.Classify(Message(message), new ReplyList()).Signal);
    }

    [Fact]
    public void A_huge_text_is_no_success_and_no_trouble()
    {
        var message = "{'op':'cancel_order','success':true,'order_hash':'A','message':'" + new string('x', 1 << 20) + " not found'}";
        Assert.Equal("None Unrecognized", Outcome(message));
    }

    internal static byte[] Message(string text) => Encoding.UTF8.GetBytes(text
        .Replace("\\'", "\u0001", StringComparison.Ordinal).Replace('\'', '"').Replace('\u0001', '\'')
        .Replace("\"A\"", $"\"{A}\"", StringComparison.Ordinal).Replace("\"B\"", $"\"{B}\"", StringComparison.Ordinal)
        .Replace(" A ", $" {A} ", StringComparison.Ordinal));

    private static string Outcome(string message) => Outcome(message, out _, out _);

    private static string Outcome(string message, out ReplySummary summary, out Reply reply)
    {
        var replies = new ReplyList();
        summary = Classifier.Classify(Message(message), replies);
        reply = replies.FirstOrDefault();
        if (summary.Count == 0)
        {
            return $"None {summary.Signal}";
        }

        Assert.Equal((1, ReplySignal.None), (summary.Count, summary.Signal));
        Assert.Equal(OrderHash.Parse(A), reply.Hash);
        return reply.Kind == ReplyKind.Gone ? $"Gone {reply.Gone}" : reply.Kind.ToString();
    }

    [Theory]
    [InlineData("[", "[1],", "1]")]
    [InlineData("[", "1,", "1]")]
    [InlineData("{", "\"a\":1,", "\"b\":1}")]
    [InlineData("", "{}", "{}")]
    public void A_sink_that_wants_no_more_ends_the_walk(string start, string part, string end)
    {
        var message = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(part, 100_000)) + end);
        var sink = new StoppingSink(looks: 2);

        var summary = new ReplyClassifier().Classify(message, sink);

        Assert.Equal((0, 2), (summary.Count, sink.Looks));
    }

    private sealed class StoppingSink(int looks) : IReplySink
    {
        public int Looks { get; private set; }

        public bool IsStopped => ++Looks >= looks;

        public bool OnReply(in Reply reply) => throw new InvalidOperationException("A verdict after the end.");
    }
}
