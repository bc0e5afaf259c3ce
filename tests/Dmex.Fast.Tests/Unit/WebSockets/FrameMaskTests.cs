using System.Buffers.Binary;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class FrameMaskTests(ITestOutputHelper output)
{
    [Fact]
    public void Masks_like_the_definition_at_every_length_and_offset()
    {
        var random = Seed.Create(output);
        using var guarded = new GuardedMemory(300);
        Span<byte> keyBytes = stackalloc byte[4];
        for (var length = 0; length <= 300; length++)
        {
            for (var offset = 0; offset < 4; offset++)
            {
                random.NextBytes(keyBytes);
                var key = BinaryPrimitives.ReadUInt32LittleEndian(keyBytes);
                var source = new byte[length];
                random.NextBytes(source);
                var expected = new byte[length];
                for (var i = 0; i < length; i++)
                {
                    expected[i] = (byte)(source[i] ^ keyBytes[(offset + i) % 4]);
                }

                var inPlace = guarded.Bytes(length);
                source.CopyTo(inPlace);
                FrameMask.Apply(inPlace, key, offset);
                Assert.True(inPlace.SequenceEqual(expected), $"in place, length {length}, offset {offset}");

                var apart = guarded.Bytes(length);
                FrameMask.Apply(source, apart, key, offset);
                Assert.True(apart.SequenceEqual(expected), $"copied, length {length}, offset {offset}");

                FrameMask.Apply(apart, key, offset);
                Assert.True(apart.SequenceEqual(source), "masking twice restores the data");
            }
        }
    }

    [Fact]
    public void Masking_in_pieces_is_masking_at_once()
    {
        var random = Seed.Create(output);
        var whole = new byte[1000];
        random.NextBytes(whole);
        var pieces = whole.ToArray();
        const uint key = 0x89ABCDEF;
        FrameMask.Apply(whole, key);
        for (var at = 0; at < pieces.Length;)
        {
            var length = Math.Min(random.Next(1, 70), pieces.Length - at);
            FrameMask.Apply(pieces.AsSpan(at, length), key, at);
            at += length;
        }

        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void A_destination_too_short_is_refused() =>
        Assert.Throws<ArgumentException>("destination", () => FrameMask.Apply(new byte[5], new byte[4], 1));
}
