using System.Text;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Replies;

/// <summary>
/// Whatever the bytes: no exception, no place outside the message, and no claim without its words in the bytes.
/// </summary>
public sealed class ReplyClassifierFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;

    private static readonly string[] Sound =
    [
        "{'op':'cancel_order','status':'cancelled','order_hash':'A'}",
        "{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'order_not_open','reason':'filled','message':'not open'}}",
        "{'op':'cancel_order','success':true,'data':{'order_hash':'A','status':'ok'},'error':null}",
        "{'op':'cancel_orders','results':[{'order_hash':'A','status':'cancelled'},{'order_hash':'B','error':'order not "
        + "found'}],'retry_after_ms':5}",
        "[{'type':'order_cancelled','orders':['A','B']},{'code':429}]",
    ];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "'A'", "'B'", "'order_hash':", "'status':", "'op':", "'error':", "'success':", "'code':",
        "'cancelled'", "'cancel_order'", "'open'", "'ok'", "'order not found'", "'rate limit'", "true", "false", "null", "0",
        "429", "1e999", "-0", "'\\u0000'", "'\\ud800'", "'x\\", "\\'",
    ];

    [Fact]
    public void Random_bytes_are_never_claimed_and_never_throw()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < Rounds; round++)
        {
            var message = new byte[random.Next(200)];
            random.NextBytes(message);
            if (message.Length > 0 && random.Next(2) == 0)
            {
                message[0] = (byte)(random.Next(2) == 0 ? '{' : '[');
            }

            Assert.Equal(0, new ReplyClassifier().Classify(message, new ReplyList()).Count);
        }
    }

    [Fact]
    public void Mutated_replies_never_throw_and_claim_only_what_they_say()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < Rounds; round++)
        {
            var message = ReplyClassifierTests.Message(Sound[random.Next(Sound.Length)]);
            for (var count = random.Next(1, 4); count > 0 && message.Length > 0; count--)
            {
                message = Mutate(message, random);
            }

            Check(message);
        }
    }

    [Fact]
    public void Replies_put_together_from_pieces_never_throw_and_claim_only_what_they_say()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < Rounds; round++)
        {
            var parts = Enumerable.Range(0, random.Next(1, 14)).Select(_ => random.Next(3) == 0
                ? Pieces[random.Next(Pieces.Length)]
                : Pieces[random.Next(8, 14)] + Pieces[random.Next(14, 28)] + ",");
            Check(ReplyClassifierTests.Message("{" + string.Concat(parts) + "'order_hash':'A','op':'cancel_order'}"));
        }
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        var at = random.Next(message.Length);
        switch (random.Next(4))
        {
            case 0:
                message[at] = (byte)random.Next(256);
                return message;
            case 1:
                return message[..at];
            case 2:
                return [.. message[..at], .. message[Math.Min(message.Length, at + random.Next(1, 20))..]];
            default:
                var piece = ReplyClassifierTests.Message(Pieces[random.Next(Pieces.Length)]);
                return [.. message[..at], .. piece, .. message[at..]];
        }
    }

    private static void Check(byte[] message)
    {
        var replies = new ReplyList();
        var summary = new ReplyClassifier().Classify(message, replies);
        var text = Encoding.UTF8.GetString(message);
        Assert.Equal(summary.Count == 0, summary.Signal != ReplySignal.None);
        foreach (var reply in replies)
        {
            Assert.NotEqual(ReplyKind.None, reply.Kind);
            Assert.Contains(reply.Hash.ToString()[2..], text, StringComparison.OrdinalIgnoreCase);
            Assert.InRange(reply.ReasonOffset, 0, message.Length);
            Assert.InRange(reply.ReasonLength, 0, message.Length - reply.ReasonOffset);
            if (reply.Kind == ReplyKind.Confirmed)
            {
                Assert.Contains("cancel", text, StringComparison.OrdinalIgnoreCase);
            }
        }
    }
}
