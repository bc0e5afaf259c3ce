using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

/// <summary>
/// However a response is cut into reads, it says the same; and no response makes the parser throw anything but its error.
/// </summary>
public sealed class ResponseReaderPropertyTests(ITestOutputHelper output)
{
    private const int Rounds = 1500;

    [Fact]
    public async Task A_head_says_the_same_however_it_is_cut()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < Rounds; round++)
        {
            var (heads, final) = RandomHeads(random);
            var tail = RandomBytes(random, random.Next(40));
            byte[] stream = [.. heads, .. tail];

            AssertSays(final, tail, await ReadAsync(stream, []));
            AssertSays(final, tail, await ReadAsync(stream, RandomCuts(random, stream.Length)));
            if (round < Rounds / 10)
            {
                AssertSays(final, tail, await ReadAsync(stream, Enumerable.Repeat(1, stream.Length)));
            }
        }
    }

    [Fact]
    public async Task The_limit_holds_to_the_byte_however_the_heads_are_cut()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < Rounds / 3; round++)
        {
            var (heads, final) = RandomHeads(random);
            AssertSays(final, [], await ReadAsync(heads, RandomCuts(random, heads.Length), heads.Length));

            var over = await ReadAsync(heads, RandomCuts(random, heads.Length), heads.Length - 1);
            Assert.Contains("longer than", over.Error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mutated_head_is_read_or_refused_alike_however_it_is_cut()
    {
        var random = Seed.Create(output);
        var refused = 0;
        for (var round = 0; round < Rounds * 2; round++)
        {
            var (heads, final) = RandomHeads(random);
            var stream = Mutate(random, heads);
            var whole = await ReadAsync(stream, []);
            var cut = await ReadAsync(stream, RandomCuts(random, stream.Length));

            Assert.Equal(whole.Error is null, cut.Error is null);
            if (whole.Head is { } head)
            {
                Assert.Equal(
                    (head.Version, head.StatusCode, head.ReasonPhrase), (cut.Head!.Version, cut.Head.StatusCode, cut.Head.ReasonPhrase));
                Assert.All(final.Headers, header => Assert.Equal(head.Values(header.Name), cut.Head.Values(header.Name)));
                Assert.Equal(whole.Left, cut.Left);
            }
            else
            {
                refused++;
                Assert.DoesNotContain(whole.Error!.Message, char.IsControl);
                Assert.DoesNotContain(cut.Error!.Message, char.IsControl);
            }
        }

        output.WriteLine($"{refused} of {Rounds * 2} were refused");
        Assert.InRange(refused, Rounds / 5, Rounds * 9 / 5);
    }

    [Fact]
    public async Task A_mutated_answer_to_the_handshake_is_taken_or_refused_and_nothing_else()
    {
        var random = Seed.Create(output);
        var (taken, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var error = await HandshakeAsync(random);
            if (error is null)
            {
                taken++;
            }
            else
            {
                refused++;
                Assert.IsType<WebSocketHandshakeException>(error);
                Assert.DoesNotContain(error.Message, char.IsControl);
            }
        }

        output.WriteLine($"{taken} taken, {refused} refused");
        Assert.True(taken > 0 && refused > 0, "Only one of the two ends was met.");
    }

    /// <summary>
    /// Answers the client's handshake with a mutated upgrade, or with a mutated refusal that has a body; its error, if any.
    /// </summary>
    private static async Task<Exception?> HandshakeAsync(Random random)
    {
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, new Uri("ws://127.0.0.1/ws"), new HandshakeOptions(), CancellationToken.None);
        var request = await pair.ReadRequestAsync();
        var key = request.Split("\r\n")
            .Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
        var answer = random.Next(2) == 0
            ? Encoding.Latin1.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
                $"Sec-WebSocket-Accept: {ClientHandshake.ComputeAccept(key)}\r\n\r\n")
            : [.. RandomResponse.Create(random, interim: false).Bytes, .. "5\r\nhello\r\n7;x=y\r\n, there\r\n0\r\n\r\n"u8];
        await pair.RespondAsync(Encoding.Latin1.GetString(Mutate(random, answer)));
        await pair.ServerOutput.CompleteAsync();
        return await Record.ExceptionAsync(() => running.Soon());
    }

    private static (byte[] Bytes, RandomResponse Final) RandomHeads(Random random)
    {
        var final = RandomResponse.Create(random, interim: false);
        var interim = Enumerable.Range(0, random.Next(3)).SelectMany(_ => RandomResponse.Create(random, interim: true).Bytes);
        return ([.. interim, .. final.Bytes], final);
    }

    private static void AssertSays(RandomResponse expected, byte[] tail, (ResponseHead? Head, byte[] Left, Exception? Error) read)
    {
        Assert.Null(read.Error);
        Assert.Equal(("HTTP/1.1", expected.Status, expected.Reason), (read.Head!.Version, read.Head.StatusCode, read.Head.ReasonPhrase));
        foreach (var name in expected.Headers.Select(header => header.Name))
        {
            var values = expected.Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value);
            Assert.Equal(values, read.Head.Values(name), StringComparer.Ordinal);
        }

        Assert.Empty(read.Head.Values("X-Absent"));
        Assert.Equal(tail, read.Left);
    }

    /// <summary>
    /// Reads the stream, which comes in pieces of these lengths and then the rest, and ends. The pipe's reader runs inline:
    /// it has looked at each piece before the next is written.
    /// </summary>
    private static async Task<(ResponseHead? Head, byte[] Left, Exception? Error)> ReadAsync(
        byte[] stream, IEnumerable<int> lengths, int maxBytes = ClientHandshake.MaxResponseHeadBytes)
    {
        var pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
            useSynchronizationContext: false));
        var reading = ResponseReader.ReadHeadAsync(pipe.Reader, maxBytes, CancellationToken.None);
        var at = 0;
        foreach (var length in lengths.Append(stream.Length))
        {
            var piece = stream.AsMemory(at, Math.Min(length, stream.Length - at));
            at += piece.Length;
            if (!piece.IsEmpty)
            {
                _ = await pipe.Writer.WriteAsync(piece);
            }
        }

        await pipe.Writer.CompleteAsync();
        try
        {
            var head = await reading.Soon();
            var rest = await pipe.Reader.ReadAsync();
            return (head, rest.Buffer.ToArray(), null);
        }
        catch (WebSocketHandshakeException error)
        {
            return (null, [], error);
        }
    }

    private static int[] RandomCuts(Random random, int length)
    {
        var longest = random.Next(1, length + 1);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(1, longest + 1))];
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Up to four edits: octets changed, inserted, removed, a part doubled, the end cut off.</summary>
    private static byte[] Mutate(Random random, byte[] valid)
    {
        var bytes = valid.ToList();
        for (var edits = random.Next(5); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = Octet(random);
                    break;
                case 1:
                    bytes.Insert(at, Octet(random));
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(8, bytes.Count - at) + 1));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(40, bytes.Count - at) + 1)));
                    break;
                case 4:
                    bytes.InsertRange(at, "\r\n"u8.ToArray());
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(3) == 0 ? bytes.Count - at : 0);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte Octet(Random random) =>
        random.Next(2) == 0 ? random.GetItems("\r\n\0\t :;,/HT10\u007F\u0080\u00FF"u8.ToArray(), 1)[0] : (byte)random.Next(256);
}
