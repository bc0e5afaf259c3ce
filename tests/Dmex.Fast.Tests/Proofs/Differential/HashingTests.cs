using System.Buffers.Binary;
using System.Security.Cryptography;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>The SHA-256 and HMAC that work on words in the caller's memory, against the base library's.</summary>
public sealed unsafe class HashingTests(ITestOutputHelper output)
{
    [Fact]
    public void Compression_chained_over_padded_blocks_is_SHA_256()
    {
        var random = Seed.Create(output);
        var schedule = stackalloc uint[Sha256.ScheduleWords];
        var state = stackalloc uint[Sha256.StateWords];
        for (var length = 0; length < 300; length++)
        {
            var message = new byte[length];
            random.NextBytes(message);
            var padded = Pad(message);
            Sha256.InitialState.CopyTo(new Span<uint>(state, Sha256.StateWords));
            for (var offset = 0; offset < padded.Length; offset += Sha256.BlockWords * sizeof(uint))
            {
                ReadWords(padded.AsSpan(offset), schedule, Sha256.BlockWords);
                Sha256.Compress(state, schedule);
            }

            Assert.Equal(SHA256.HashData(message), WriteWords(state));
        }
    }

    [Fact]
    public void Midstates_with_a_message_of_32_bytes_are_HMAC_in_place_too()
    {
        var random = Seed.Create(output);
        var schedule = stackalloc uint[Sha256.ScheduleWords];
        var key = stackalloc uint[Sha256.StateWords];
        var inner = stackalloc uint[Sha256.StateWords];
        var outer = stackalloc uint[Sha256.StateWords];
        var message = stackalloc uint[Sha256.StateWords];
        var result = stackalloc uint[Sha256.StateWords];
        var keyBytes = new byte[32];
        var messageBytes = new byte[32];
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(keyBytes);
            random.NextBytes(messageBytes);
            ReadWords(keyBytes, key, Sha256.StateWords);
            ReadWords(messageBytes, message, Sha256.StateWords);
            var expected = HMACSHA256.HashData(keyBytes, messageBytes);
            HmacMidstates.Absorb(key, inner, outer, schedule);
            HmacMidstates.Hash32Bytes(message, inner, outer, result, schedule);
            Assert.Equal(expected, WriteWords(result));

            // The message is kept, and so are the midstates; then in place.
            Assert.Equal(messageBytes, WriteWords(message));
            HmacMidstates.Hash32Bytes(message, inner, outer, message, schedule);
            Assert.Equal(expected, WriteWords(message));
        }
    }

    private static byte[] Pad(byte[] message)
    {
        var padded = new byte[(message.Length + 9 + 63) / 64 * 64];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)message.Length * 8);
        return padded;
    }

    private static void ReadWords(ReadOnlySpan<byte> bytes, uint* words, int count)
    {
        for (var i = 0; i < count; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * i)..]);
        }
    }

    private static byte[] WriteWords(uint* words)
    {
        var bytes = new byte[32];
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }
}
