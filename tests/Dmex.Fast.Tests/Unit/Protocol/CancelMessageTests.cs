using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Protocol;

public sealed class CancelMessageTests(ITestOutputHelper output)
{
    // Printed by Node.js 20.20.2: JSON.stringify({op:"cancel_order",data:{order_hash,v:27,r,s}}).
    private const string OfNode =
        """{"op":"cancel_order","data":{"order_hash":"0x000a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899aabbccddee","v":27,"r":"0x0000000000000000000000000000000000000000000000000000000000000001","s":"0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"}}""";

    [Fact]
    public void The_message_is_what_json_stringify_makes()
    {
        var rs = Convert.FromHexString(
            "0000000000000000000000000000000000000000000000000000000000000001"
            + "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
        var message = new byte[CancelMessage.Length];
        CancelMessage.Write(
            OrderHash.Parse("0x000a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899aabbccddee"), new Signature(rs, 27), message);
        Assert.Equal(OfNode, Encoding.UTF8.GetString(message));
        Assert.Equal(CancelMessage.Length, Encoding.UTF8.GetByteCount(OfNode));
    }

    [Fact]
    public void The_message_is_what_a_json_serializer_makes()
    {
        var random = Seed.Create(output);
        var actual = new byte[CancelMessage.Length + 2];
        for (var i = 0; i < 500; i++)
        {
            (var hash, var signature) = Draw(random);
            var expected = JsonSerializer.SerializeToUtf8Bytes(new
            {
                op = "cancel_order",
                data = new
                {
                    order_hash = hash.ToString(),
                    v = signature.V,
                    r = "0x" + Convert.ToHexStringLower(signature.R),
                    s = "0x" + Convert.ToHexStringLower(signature.S),
                },
            });
            actual.AsSpan().Fill(0xa5);
            CancelMessage.Write(hash, signature, actual.AsSpan(1));
            Assert.Equal(expected, actual[1..^1]);
            Assert.Equal((0xa5, 0xa5), (actual[0], actual[^1]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(CancelMessage.Length - 1)]
    public void A_short_destination_is_refused_and_left_as_it_was(int length)
    {
        (var hash, var signature) = Draw(new Random(1));
        var destination = Enumerable.Repeat((byte)0xa5, length).ToArray();
        var error = Assert.Throws<ArgumentException>("destination", () => CancelMessage.Write(hash, signature, destination));
        Assert.Contains($"{CancelMessage.Length} bytes, not {length}", error.Message, StringComparison.Ordinal);
        Assert.All(destination, value => Assert.Equal(0xa5, value));
    }

    [Fact]
    public void A_default_signature_is_refused_and_the_destination_left_as_it_was()
    {
        var destination = Enumerable.Repeat((byte)0xa5, CancelMessage.Length).ToArray();
        var error = Assert.Throws<ArgumentException>("signature", () => CancelMessage.Write(default, default, destination));
        Assert.Contains("27 or 28", error.Message, StringComparison.Ordinal);
        Assert.All(destination, value => Assert.Equal(0xa5, value));
    }

    internal static (OrderHash Hash, Signature Signature) Draw(Random random)
    {
        var bytes = new byte[96];
        random.NextBytes(bytes);

        // Leading zeros are where naive hex goes wrong.
        bytes.AsSpan(0, random.Next(4)).Clear();
        bytes.AsSpan(32, random.Next(4)).Clear();
        bytes.AsSpan(64, random.Next(4)).Clear();
        return (new OrderHash(bytes.AsSpan(0, 32)), new Signature(bytes.AsSpan(32), random.Next(27, 29)));
    }
}
