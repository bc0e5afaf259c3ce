using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueMalformedInputTests(ITestOutputHelper output)
{
    private const string Digits = "ab00000000000000000000000000000000000000000000000000000000000001";
    private static readonly CancelSigner Owner = new(7);
    private static readonly byte[] Hash = CancelSigner.Hash(1);

    public static TheoryData<string, bool> Malformed()
    {
        var good = Owner.Cancel(Hash);
        return new TheoryData<string, bool>
        {
            { "", false },
            { "cancel", false },
            { "null", false },
            { "[]", false },
            { "{}", false },
            { good[..^1], false },
            { good + "}", false },
            { good + good, false },
            { good.Replace("\"op\":\"cancel_order\",", "", StringComparison.Ordinal), true },
            { good.Replace("\"op\":\"cancel_order\"", "\"op\":7", StringComparison.Ordinal), true },
            { good.Replace("\"op\":", "\"op\":\"cancel_order\",\"op\":", StringComparison.Ordinal), true },
            { good.Replace("\"op\":", "\"id\":1,\"op\":", StringComparison.Ordinal), true },
            { good.Replace("\"v\":", "\"w\":{\"a\":[1,2]},\"v\":", StringComparison.Ordinal), true },
            { good.Replace("\"v\":27,", "", StringComparison.Ordinal).Replace("\"v\":28,", "", StringComparison.Ordinal), true },
            { good.Replace("\"v\":2", "\"v\":12", StringComparison.Ordinal), true },
            { good.Replace("\"v\":27", "\"v\":\"27\"", StringComparison.Ordinal)
                .Replace("\"v\":28", "\"v\":\"28\"", StringComparison.Ordinal), true },
            { good.Replace("\"v\":27", "\"v\":27.0", StringComparison.Ordinal).Replace("\"v\":28", "\"v\":28.0", StringComparison.Ordinal),
            true },
            { good.Replace("\"r\":\"0x", "\"r\":\"", StringComparison.Ordinal), true },
            { good.Replace("\"s\":\"0x", "\"s\":\"0X", StringComparison.Ordinal), true },
            { good.Replace("\"s\":\"0x0", "\"s\":\"0x", StringComparison.Ordinal)
                .Replace("\"s\":\"0x", "\"s\":\"0x0", StringComparison.Ordinal) + " x", false },
            { good.Replace(Digits, Digits.ToUpperInvariant(), StringComparison.Ordinal), false },
            { good.Replace(Digits, Digits[1..], StringComparison.Ordinal), false },
            { good.Replace(Digits, Digits + "0", StringComparison.Ordinal), false },
            { good.Replace(Digits, "\\u0061" + Digits[1..], StringComparison.Ordinal), false },
            { good.Replace(Digits, "\\ud800", StringComparison.Ordinal), false },
            { good.Replace("\"order_hash\"", "\"\\ud800\"", StringComparison.Ordinal), false },
            { good.Replace("\"0x" + Digits + "\"", "[\"0x" + Digits + "\"]", StringComparison.Ordinal), false },
            { "{\"op\":\"cancel_order\",\"data\":[" + good + "]}", false },
            { new string('[', 20_000), false },
        };
    }

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public async Task A_message_of_another_form_is_malformed_and_the_connection_lives(string message, bool hashIsReadable)
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(message)).AssertError("malformed_message", hashIsReadable ? Hash : null);

        Assert.Equal(VenueVerdict.Malformed, Assert.Single(venue.Transcript).Verdict);
        Assert.Equal(1, venue.OpenCount);
        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
    }

    [Fact]
    public async Task White_space_and_another_order_of_members_are_the_same_message()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);
        using var good = JsonDocument.Parse(Owner.Cancel(Hash));
        var data = good.RootElement.GetProperty("data");

        (await client.AskAsync($$"""
            { "data" : { "s" : {{data.GetProperty("s").GetRawText()}}, "r" : {{data.GetProperty("r").GetRawText()}},
                "v" : {{data.GetProperty("v").GetRawText()}}, "order_hash" : "0x{{Digits}}" },
              "op" : "cancel_order" }
            """)).AssertConfirms(Hash);
    }

    [Fact]
    public async Task Another_operation_is_named_as_unknown()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);

        var reply = await client.AskAsync("""{"op":"ping","data":{}}""");

        reply.AssertError("unknown_operation", hash: null);
        Assert.Equal("error", reply.Text("op"));
        Assert.Equal(VenueVerdict.UnknownOperation, Assert.Single(venue.Transcript).Verdict);
    }

    [Fact]
    public async Task A_binary_cancel_is_malformed()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);
        await client.SendAsync(Encoding.UTF8.GetBytes(Owner.Cancel(Hash)), WebSocketMessageType.Binary);

        (await client.ReceiveJsonAsync()).AssertError("malformed_message", hash: null);
    }

    [Fact]
    public async Task A_cancel_in_fragments_is_read_whole()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);
        var message = Encoding.UTF8.GetBytes(Owner.Cancel(Hash));
        for (var i = 0; i < message.Length; i++)
        {
            await client.SendAsync(message.AsMemory(i, 1), WebSocketMessageType.Text, endOfMessage: i == message.Length - 1);
        }

        (await client.ReceiveJsonAsync()).AssertConfirms(Hash);
    }

    [Fact]
    public async Task A_message_of_the_longest_size_is_read_and_a_longer_one_closes_the_connection()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { MaxMessageBytes = 1000 });
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(new string(' ', 1000))).AssertError("malformed_message", hash: null);
        await client.SendAsync(new string(' ', 1001));

        Assert.Equal(1009, await client.ReadToEndAsync());
        using var next = await VenueClient.ConnectAsync(venue);
        Assert.Equal(WebSocketState.Open, next.Socket.State);
    }

    [Fact]
    public async Task No_message_crashes_the_connection_or_the_venue()
    {
        var random = Seed.Create(output);
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);
        var good = Encoding.UTF8.GetBytes(Owner.Cancel(Hash).Replace(Digits, new string('0', 64), StringComparison.Ordinal));
        const int Messages = 1500;
        for (var i = 0; i < Messages; i++)
        {
            var mutated = Mutate(good, random);
            await client.SendAsync(mutated, WebSocketMessageType.Text);
            var reply = await client.ReceiveJsonAsync();
            if (!string.Equals(reply.Text("status"), "error", StringComparison.Ordinal))
            {
                Assert.Fail($"A mutated message was confirmed: {Encoding.UTF8.GetString(mutated)}");
            }
        }

        Assert.Equal(Messages, venue.MessagesReceived);
        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
    }

    [Fact]
    public async Task Broken_frames_and_vanishing_clients_leave_the_venue_alive()
    {
        var random = Seed.Create(output);
        await using var venue = await StartAsync();
        for (var i = 0; i < 30; i++)
        {
            using var tcp = i % 3 == 0
                ? new System.Net.Sockets.TcpClient("127.0.0.1", venue.Url.Port)
                : (await RawUpgrade.ConnectAsync(venue)).Tcp;
            var stream = tcp.GetStream();
            var noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            await stream.WriteAsync(noise);
            if (i % 2 == 0)
            {
                tcp.Client.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
            }
        }

        using var client = await VenueClient.ConnectAsync(venue);
        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
    }

    // Valid UTF-8 in, valid UTF-8 out: anything else is a protocol error below the venue.
    private static byte[] Mutate(byte[] message, Random random)
    {
        const string Alphabet = "{}[]\":,\\0x9afAF 27.eE+-\u0001\u007f";
        var text = new List<byte>(message);
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            var at = random.Next(text.Count + 1);
            var with = (byte)Alphabet[random.Next(Alphabet.Length)];
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, with);
                    break;
                case 1 when at < text.Count:
                    text[at] = with;
                    break;
                case 2 when at < text.Count:
                    text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                    break;
                default:
                    text.InsertRange(at, message.Take(random.Next(1, 80)));
                    break;
            }
        }

        return [.. text];
    }

    private static async Task<SimulatedVenue> StartAsync()
    {
        var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        venue.OpenOrder(Hash, Owner.Address);
        return venue;
    }
}
