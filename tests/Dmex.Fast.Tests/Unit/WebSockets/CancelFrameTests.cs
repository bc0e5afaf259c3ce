using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class CancelFrameTests(ITestOutputHelper output)
{
    [Fact]
    public void A_cancel_frame_is_the_text_frame_of_its_message()
    {
        var random = Seed.Create(output);
        var keys = new MaskingKeys();
        for (var round = 0; round < 100; round++)
        {
            var hashBytes = new byte[OrderHash.Size];
            random.NextBytes(hashBytes);
            var hash = new OrderHash(hashBytes);
            var signature = SomeSignature(random);
            var key = keys.Next();

            var message = new byte[CancelMessage.Length];
            CancelMessage.Write(hash, signature, message);
            var expected = new byte[CancelFrame.Length + 5];
            Assert.Equal(CancelFrame.Length, FrameWriter.Write(expected, Opcode.Text, message, key));

            var frame = new byte[CancelFrame.Length + 5];
            CancelFrame.Write(frame, hash, signature, key);
            Assert.Equal(expected, frame);
        }
    }

    [Fact]
    public void A_refused_cancel_writes_nothing()
    {
        var hash = new OrderHash(new byte[OrderHash.Size]);
        var signature = SomeSignature(new Random(1));
        var frame = new byte[CancelFrame.Length];
        Assert.Throws<ArgumentException>("destination", () => CancelFrame.Write(frame.AsSpan(1), hash, signature, 1));
        Assert.Throws<ArgumentException>("signature", () => CancelFrame.Write(frame, hash, default, 1));
        Assert.Equal(new byte[CancelFrame.Length], frame);
    }

    [Fact]
    public void A_frame_under_another_key_is_the_frame_written_with_it()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < 100; round++)
        {
            var hashBytes = new byte[OrderHash.Size];
            random.NextBytes(hashBytes);
            var hash = new OrderHash(hashBytes);
            var signature = SomeSignature(random);
            var frame = new byte[CancelFrame.Length];
            CancelFrame.Write(frame, hash, signature, (uint)random.NextInt64());
            var key = (uint)random.NextInt64();
            var expected = new byte[CancelFrame.Length + 5];
            CancelFrame.Write(expected, hash, signature, key);

            var copy = new byte[CancelFrame.Length + 5];
            CancelFrame.Remask(frame, copy, key);
            Assert.Equal(expected, copy);
            CancelFrame.Copy(frame, copy, 0);
            Assert.Equal(frame, copy.AsSpan(0, CancelFrame.Length));
            Assert.Throws<ArgumentException>("destination", () => CancelFrame.Remask(frame, copy.AsSpan(6), key));
            Assert.Throws<ArgumentException>("frame", () => CancelFrame.Remask(frame.AsSpan(1), copy, key));
        }
    }

    /// <summary>A signature in form only; r and s are below the group order.</summary>
    internal static Signature SomeSignature(Random random)
    {
        var rs = new byte[Signature.Size];
        random.NextBytes(rs);
        rs[0] = 1;
        rs[32] = 1;
        return new Signature(rs, 27 + random.Next(2));
    }
}
