using System.Text;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Replies;

public sealed class ReplyExcerptTests(ITestOutputHelper output)
{
    private const string R = "0x4f1c8a30b2d94e7760a1c3e5f708192a3b4c5d6e7f8091a2b3c4d5e6f7081920";

    [Theory]
    [InlineData("{\"status\":\"odd\"}", "{\"status\":\"odd\"}")]
    [InlineData("{\"r\":\"" + R + "\",\"x\":1}", "{\"r\":…,\"x\":1}")]
    [InlineData("{\"s\" : [\"" + R + "\",{\"a\":\"" + R + "\"}], \"x\":1}", "{\"s\" :…, \"x\":1}")]
    [InlineData("{\"V\":27,\"Signature\":\"MEUCIQ==\"}", "{\"V\":…,\"Signature\":…}")]
    [InlineData("{\"data\":\"{\\\"r\\\":\\\"" + R + "\\\"}\"}", "{\"data\":\"{\\\"r\\\":…}\"}")]
    [InlineData("r=" + R + "&x=1", "r=…&x=1")]
    [InlineData("{\"order_hash\":\"" + R + "\"}", "{\"order_hash\":\"0x4f1c8a30…\"}")]
    [InlineData("{\"other\":\"" + R + "\"}", "{\"other\":\"0x4f1c8a30…\"}")]
    [InlineData("a\r\nb\t\u001b[31m\u202ec", "a  b ?[31m?c")]
    [InlineData("", "")]
    public void It_is_printable_and_keeps_no_signature(string message, string expected) =>
        Assert.Equal(expected, ReplyExcerpt.Of(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void It_is_bounded_and_says_that_it_was_cut()
    {
        var excerpt = ReplyExcerpt.Of(
            Encoding.UTF8.GetBytes(new string('a', 30) + " " + string.Concat(Enumerable.Repeat("word ", 1_000_000))), 50);
        Assert.Equal(50, excerpt.Length);
        Assert.EndsWith("…", excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_it_throw_or_print_what_does_not_print()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < 2_000; round++)
        {
            var message = new byte[random.Next(600)];
            random.NextBytes(message);
            var excerpt = ReplyExcerpt.Of(message, 100);
            Assert.True(excerpt.Length <= 100);
            Assert.DoesNotContain(excerpt, char.IsControl);
        }
    }
}
