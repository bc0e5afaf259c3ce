using System.Buffers;
using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

/// <summary>However a stream is cut into fragments, segments and reads, it carries the same messages.</summary>
public sealed class FrameReaderPropertyTests(ITestOutputHelper output)
{
    private const string Alphabet = "aZ09 {}\"\u00E9\u20AC\u4E2D";

    [Fact]
    public void Any_fragmentation_and_segmentation_reads_the_same_messages()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < 300; round++)
        {
            var (stream, expected) = RandomStream(random);
            Assert.Equal(expected, ReadInSteps(stream, () => stream.Length, _ => []));
            Assert.Equal(expected, ReadInSteps(stream, () => random.Next(1, 40), _ => []));
            Assert.Equal(expected, ReadInSteps(stream, () => random.Next(1, 400), length => RandomCuts(random, length)));
            if (round < 30)
            {
                Assert.Equal(expected, ReadInSteps(stream, () => 1, _ => []));
                Assert.Equal(expected, ReadInSteps(stream, () => 1, length => Enumerable.Repeat(1, length)));
            }
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = Seed.Create(output);
        var errors = 0;
        for (var round = 0; round < 3000; round++)
        {
            var stream = new byte[random.Next(1, 200)];
            random.NextBytes(stream);
            errors += Survives(random, stream) ? 1 : 0;
        }

        Assert.True(errors > 1000, "Random bytes hardly ever broke a rule.");
    }

    [Fact]
    public void Mutated_streams_never_throw()
    {
        var random = Seed.Create(output);
        var errors = 0;
        for (var round = 0; round < 3000; round++)
        {
            var stream = RandomStream(random).Stream;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                stream[random.Next(stream.Length)] = (byte)random.Next(256);
            }

            errors += Survives(random, stream) ? 1 : 0;
        }

        Assert.True(errors > 500, "Mutations hardly ever broke a rule.");
    }

    /// <summary>Reads hostile bytes; true when they broke a rule. What is delivered keeps the reader's promises.</summary>
    private static bool Survives(Random random, byte[] stream)
    {
        using var reader = new FrameReader(new FrameReaderOptions { MaxFrameBytes = 300, MaxMessageBytes = 500 });
        var segments = random.Next(2) == 0 ? RandomCuts(random, stream.Length) : [];
        var buffer = ServerFrames.Segmented(stream, segments);
        for (var reads = 0; reads <= stream.Length; reads++)
        {
            var before = buffer.Length;
            var status = reader.TryRead(ref buffer, out var message);
            Assert.True(buffer.Length <= before, "The reader gave bytes back.");
            switch (status)
            {
                case FrameReadStatus.ProtocolError:
                    Assert.NotEmpty(reader.Error!.Value.Description);
                    return true;
                case FrameReadStatus.NeedMore:
                    return false;
                case FrameReadStatus.Text:
                    _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(message.Span);
                    break;
                case FrameReadStatus.Close:
                    Assert.True(message.CloseCode == CloseCode.NoStatus || CloseCodeRules.IsValidOnWire(message.CloseCode));
                    break;
            }

            Assert.True(message.Payload.Length <= 500, "A message is over the limit.");
        }

        Assert.Fail("The reader took a message out of nothing.");
        return false;
    }

    private static (byte[] Stream, List<string> Expected) RandomStream(Random random)
    {
        List<byte> stream = [];
        List<string> expected = [];
        for (var messages = random.Next(1, 6); messages > 0; messages--)
        {
            var text = random.Next(3) > 0;
            var payload = text ? RandomText(random) : RandomBytes(random, random.Next(3) == 0 ? 400 : 130);
            var opcode = text ? Opcode.Text : Opcode.Binary;
            var at = 0;
            for (var fragments = random.Next(4); fragments > 0; fragments--)
            {
                var length = random.Next(0, payload.Length - at + 1);
                stream.AddRange(ServerFrames.Frame(opcode, payload.AsSpan(at, length), fin: false));
                opcode = Opcode.Continuation;
                at += length;
                AddControls(random, stream, expected);
            }

            stream.AddRange(ServerFrames.Frame(opcode, payload.AsSpan(at)));
            expected.Add(Show(text ? FrameReadStatus.Text : FrameReadStatus.Binary, payload));
            AddControls(random, stream, expected);
        }

        return ([.. stream], expected);
    }

    private static void AddControls(Random random, List<byte> stream, List<string> expected)
    {
        for (var controls = random.Next(3) - 1; controls > 0; controls--)
        {
            var payload = RandomBytes(random, 125);
            var ping = random.Next(2) == 0;
            stream.AddRange(ServerFrames.Frame(ping ? Opcode.Ping : Opcode.Pong, payload));
            expected.Add(Show(ping ? FrameReadStatus.Ping : FrameReadStatus.Pong, payload));
        }
    }

    private static byte[] RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(random.Next(2) == 0 ? 20 : 200); length > 0; length--)
        {
            if (random.Next(5) == 0)
            {
                text.Append("\U0001F600");
            }

            text.Append(Alphabet[random.Next(Alphabet.Length)]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] RandomBytes(Random random, int maxLength)
    {
        var bytes = new byte[random.Next(maxLength + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static List<int> RandomCuts(Random random, int length)
    {
        List<int> cuts = [];
        for (var at = 0; at < length;)
        {
            cuts.Add(random.Next(0, 30));
            at += cuts[^1];
        }

        return cuts;
    }

    /// <summary>Reads as a connection does: more bytes join what was not taken.</summary>
    private static List<string> ReadInSteps(byte[] stream, Func<int> step, Func<int, IEnumerable<int>> segments)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        List<string> read = [];
        var taken = 0;
        for (var received = 0; received < stream.Length;)
        {
            received = Math.Min(stream.Length, received + step());
            var pending = stream.AsMemory(taken, received - taken);
            var buffer = ServerFrames.Segmented(pending, segments(pending.Length));
            while (reader.TryRead(ref buffer, out var message) is not FrameReadStatus.NeedMore and var status)
            {
                Assert.True(status != FrameReadStatus.ProtocolError, reader.Error?.Description);
                read.Add(Show(status, message.Span));
            }

            taken = received - (int)buffer.Length;
        }

        Assert.Equal(stream.Length, taken);
        return read;
    }

    private static string Show(FrameReadStatus status, ReadOnlySpan<byte> payload) => $"{status} {Convert.ToHexString(payload)}";
}
