using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing.Hashing;

public sealed class Keccak256Tests(ITestOutputHelper output)
{
    [Fact]
    public void The_known_answers_come_out()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Repository.Vector("keccak256.json")));
        var digest = new byte[Keccak256.DigestSize];
        foreach (var entry in file.RootElement.EnumerateArray())
        {
            var message = MessageOf(entry);
            var expected = entry.GetProperty("digest").GetString();
            Keccak256.Hash(message, digest);
            Assert.Equal(expected, Convert.ToHexStringLower(digest));
            Assert.Equal(expected, Convert.ToHexStringLower(BouncyCastleReference.Keccak256(message)));
        }
    }

    [Fact]
    public void Every_length_around_the_blocks_gives_BouncyCastles_digest()
    {
        var random = Seed.Create(output);
        var digest = new byte[Keccak256.DigestSize];
        for (var length = 0; length <= 600; length++)
        {
            var message = new byte[length];
            random.NextBytes(message);
            Keccak256.Hash(message, digest);
            Assert.Equal(BouncyCastleReference.Keccak256(message), digest);
        }
    }

    [Fact]
    public void The_digest_may_overlap_the_message()
    {
        var buffer = Enumerable.Range(0, 300).Select(i => (byte)i).ToArray();
        for (var offset = 0; offset + 32 <= 200; offset += 17)
        {
            var copy = (byte[])buffer.Clone();
            Keccak256.Hash(copy.AsSpan(0, 200), copy.AsSpan(offset));
            Assert.Equal(BouncyCastleReference.Keccak256(buffer.AsSpan(0, 200)), copy[offset..(offset + 32)]);
        }
    }

    [Fact]
    public void A_longer_destination_is_written_no_further_than_32_bytes()
    {
        var digest = Enumerable.Repeat((byte)0xEE, 40).ToArray();
        Keccak256.Hash("abc"u8, digest);
        Assert.All(digest[32..], b => Assert.Equal(0xEE, b));
        Assert.Throws<ArgumentException>("digest", () => Keccak256.Hash(default, new byte[31]));
    }

    [Fact]
    public void The_personal_message_digest_is_the_hash_of_prefix_and_hash()
    {
        var random = Seed.Create(output);
        var digest = new byte[32];
        var prefix = Encoding.ASCII.GetBytes("\u0019Ethereum Signed Message:\n32");
        Assert.Equal(28, prefix.Length);
        for (var i = 0; i < 500; i++)
        {
            var bytes = Numbers.ToBytes(Numbers.Bits256(random));
            PersonalMessage.Digest(new OrderHash(bytes), digest);
            Assert.Equal(BouncyCastleReference.Keccak256([.. prefix, .. bytes]), digest);
        }

        Assert.Throws<ArgumentException>("digest", () => PersonalMessage.Digest(default, new byte[31]));
    }

    private static byte[] MessageOf(JsonElement entry)
    {
        if (entry.TryGetProperty("text", out var text))
        {
            return Encoding.UTF8.GetBytes(text.GetString()!);
        }

        return entry.TryGetProperty("repeat", out var letter)
            ? [.. Enumerable.Repeat((byte)letter.GetString()![0], entry.GetProperty("times").GetInt32())]
            : [.. Enumerable.Range(0, entry.GetProperty("count").GetInt32()).Select(i => (byte)(i % 251))];
    }
}
