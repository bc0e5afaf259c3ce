using System.Buffers;
using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class FrameReaderTextTests(ITestOutputHelper output)
{
    // Invalid by their first bytes; what is cut off at the end is tested apart.
    public static TheoryData<string, int> InvalidSequences => new()
    {
        // hex, bytes after which the text is known to be invalid
        { "80", 1 },
        { "C080", 1 },
        { "C1BF", 1 },
        { "C241", 2 },
        { "E08080", 2 },
        { "E09FBF", 2 },
        { "EDA080", 2 },
        { "EDBFBF", 2 },
        { "E28241", 3 },
        { "F0808080", 2 },
        { "F08FBFBF", 2 },
        { "F4908080", 2 },
        { "F5808080", 1 },
        { "F09F9841", 4 },
        { "FE", 1 },
        { "FF", 1 },
    };

    [Theory]
    [MemberData(nameof(InvalidSequences))]
    public void Invalid_text_fails_at_its_first_impossible_byte(string hex, int known)
    {
        var text = "ok €"u8.ToArray().Concat(Convert.FromHexString(hex)).ToArray();
        var frame = ServerFrames.Frame(Opcode.Text, [.. text, .. "and much more that never comes"u8]);
        var badAt = 2 + 6 + known;

        using var reader = new FrameReader(new FrameReaderOptions());
        for (var length = 1; length < badAt; length++)
        {
            var part = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.Equal(FrameReadStatus.NeedMore, reader.TryRead(ref part, out _));
        }

        var buffer = new ReadOnlySequence<byte>(frame, 0, badAt);
        Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out _));
        Assert.Equal(CloseCode.InvalidPayload, reader.Error!.Value.CloseCode);
    }

    [Theory]
    [MemberData(nameof(InvalidSequences))]
    public void Invalid_text_fails_in_whatever_fragments_it_comes(string hex, int known)
    {
        Assert.InRange(known, 1, 4);
        var bytes = Convert.FromHexString(hex);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            using var reader = new FrameReader(new FrameReaderOptions());
            var buffer = new ReadOnlySequence<byte>(
            [
                .. ServerFrames.Frame(Opcode.Text, bytes.AsSpan(0, cut), fin: false),
                .. ServerFrames.Frame(Opcode.Continuation, bytes.AsSpan(cut)),
            ]);
            Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out _));
            Assert.Equal(CloseCode.InvalidPayload, reader.Error!.Value.CloseCode);
        }
    }

    [Theory]
    [InlineData("C3")]
    [InlineData("E282")]
    [InlineData("F09F98")]
    public void Text_that_ends_inside_a_character_is_1007(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        foreach (var frames in new[]
        {
            ServerFrames.Frame(Opcode.Text, bytes),
            [.. ServerFrames.Frame(Opcode.Text, bytes, fin: false), .. ServerFrames.Frame(Opcode.Continuation, [])],
        })
        {
            using var reader = new FrameReader(new FrameReaderOptions());
            var buffer = new ReadOnlySequence<byte>(frames);
            Assert.Equal(FrameReadStatus.ProtocolError, reader.TryRead(ref buffer, out _));
            Assert.Equal(CloseCode.InvalidPayload, reader.Error!.Value.CloseCode);
        }
    }

    [Fact]
    public void Characters_may_be_split_over_fragments_with_control_frames_between()
    {
        var bytes = Encoding.UTF8.GetBytes("aé€\U0001F600z");
        List<byte> frames = [.. ServerFrames.Frame(Opcode.Text, [], fin: false)];
        foreach (var b in bytes)
        {
            frames.AddRange(ServerFrames.Frame(Opcode.Ping, [0xFF]));
            frames.AddRange(ServerFrames.Frame(Opcode.Continuation, [b], fin: false));
        }

        frames.AddRange(ServerFrames.Frame(Opcode.Continuation, []));
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(frames.ToArray());
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Equal(FrameReadStatus.Ping, reader.TryRead(ref buffer, out _));
        }

        Assert.Equal(FrameReadStatus.Text, reader.TryRead(ref buffer, out var message));
        Assert.Equal(bytes, message.Payload.ToArray());
    }

    [Fact]
    public void Binary_data_is_not_checked()
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = new ReadOnlySequence<byte>(ServerFrames.Frame(Opcode.Binary, [0xFF, 0xC0]));
        Assert.Equal(FrameReadStatus.Binary, reader.TryRead(ref buffer, out _));
    }

    [Fact]
    public void Checking_in_pieces_agrees_with_checking_at_once()
    {
        var random = Seed.Create(output);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        byte[] interesting =
            [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF];
        var valid = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(0, 9)];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = interesting[random.Next(interesting.Length)];
            }

            var expected = true;
            try
            {
                _ = strict.GetCharCount(bytes);
                valid++;
            }
            catch (DecoderFallbackException)
            {
                expected = false;
            }

            var check = default(Utf8Check);
            var accepted = true;
            for (var at = 0; at < bytes.Length && accepted;)
            {
                var length = random.Next(0, bytes.Length - at + 1);
                accepted = check.TryAppend(bytes.AsSpan(at, length));
                at += length;
            }

            Assert.True(expected == (accepted && check.IsWhole), Convert.ToHexString(bytes));
        }

        Assert.True(valid > 100, "The generator made too little valid text.");
    }
}
