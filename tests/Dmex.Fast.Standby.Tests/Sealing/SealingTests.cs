using System.Security.Cryptography;
using Dmex.Fast.Standby.Sealing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Sealing;

public sealed class SealingTests : IDisposable
{
    private readonly StandbyKey _key = TestKey.New();
    private readonly MessageSealer _engine;
    private readonly MessageOpener _opener;
    private readonly byte[] _plain = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
    private readonly byte[] _opened = new byte[1024];

    public SealingTests()
    {
        _engine = new MessageSealer(_key, "book", SenderRole.Engine, "engine", generation: 3);
        _opener = new MessageOpener(_key, "book");
    }

    public void Dispose()
    {
        _engine.Dispose();
        _opener.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void What_is_sealed_is_opened_and_says_who_sealed_it()
    {
        var message = Seal(_engine, SealedKind.Beat);
        Assert.Equal(OpenResult.Opened, _opener.Open(message, SealedKind.Beat, _opened, out var header, out var length));
        Assert.Equal(_plain, _opened[..length]);
        Assert.Equal((SenderRole.Engine, 3u, 1UL), (header.Sender.Role, header.Sender.Generation, header.Sequence));
        Assert.Equal(-1, message.AsSpan().IndexOf(_plain.AsSpan(0, 8)));
    }

    [Fact]
    public void Each_changed_bit_is_refused()
    {
        var message = Seal(_engine, SealedKind.Live);
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(OpenResult.Opened, Open(message, SealedKind.Live));
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(message.Length * 8, _opener.Refused);
        Assert.Equal(OpenResult.Opened, Open(message, SealedKind.Live));
    }

    [Fact]
    public void Each_truncated_message_is_refused()
    {
        var message = Seal(_engine, SealedKind.Live);
        for (var length = 0; length < message.Length; length++)
        {
            Assert.NotEqual(OpenResult.Opened, Open(message.AsSpan(0, length), SealedKind.Live));
        }

        Assert.Equal(OpenResult.WrongLength, _opener.Open(message, SealedKind.Live, _opened.AsSpan(0, 99), out _, out _));
        Assert.Equal(message.Length + 1, _opener.Refused);
    }

    [Fact]
    public void A_repeated_beat_is_refused_and_a_batch_may_come_again()
    {
        var beat = Seal(_engine, SealedKind.Beat);
        var batch = Seal(_engine, SealedKind.Live);
        Assert.Equal(OpenResult.Opened, Open(beat, SealedKind.Beat));
        Assert.Equal(OpenResult.Repeated, Open(beat, SealedKind.Beat));
        Assert.Equal(OpenResult.Opened, Open(batch, SealedKind.Live));
        Assert.Equal(OpenResult.Opened, Open(batch, SealedKind.Live));
        Assert.Equal((1, 0), (_opener.CountOf(OpenResult.Repeated), _opener.Refused));
    }

    [Fact]
    public void A_message_is_not_another_kind_and_a_role_sends_only_its_own()
    {
        using var standby = new MessageSealer(_key, "book", SenderRole.Standby, "s1", generation: 0);
        Assert.Equal(OpenResult.NotAllowed, Open(Seal(_engine, SealedKind.Beat), SealedKind.Live));
        Assert.Equal(OpenResult.NotAllowed, Open(Seal(standby, SealedKind.Live), SealedKind.Live));
        Assert.Equal(OpenResult.NotAllowed, Open(Seal(standby, SealedKind.Order), SealedKind.Order));
        Assert.Equal(OpenResult.NotAllowed, Open(Seal(_engine, SealedKind.Fence), SealedKind.Fence));
        Assert.Equal(OpenResult.Opened, Open(Seal(standby, SealedKind.Fence), SealedKind.Fence));
    }

    [Fact]
    public void Another_sender_generation_session_book_or_key_is_refused()
    {
        const int Generation = 12;
        const int Sender = 16;
        const int Session = 24;
        foreach (var at in new[] { Generation, Sender, Session })
        {
            var message = Seal(_engine, SealedKind.Live);
            message[at] ^= 1;
            Assert.Equal(OpenResult.Forged, Open(message, SealedKind.Live));
        }

        using var otherKey = TestKey.New();
        using var stranger = new MessageSealer(otherKey, "book", SenderRole.Engine, "engine", 3);
        using var otherBook = new MessageSealer(_key, "another", SenderRole.Engine, "engine", 3);
        Assert.Equal(OpenResult.Forged, Open(Seal(stranger, SealedKind.Live), SealedKind.Live));
        Assert.Equal(OpenResult.Forged, Open(Seal(otherBook, SealedKind.Live), SealedKind.Live));
    }

    [Fact]
    public void A_generation_that_is_claimed_twice_does_not_repeat_a_key()
    {
        using var again = new MessageSealer(_key, "book", SenderRole.Engine, "engine", generation: 3);
        var first = Seal(_engine, SealedKind.Live);
        var second = Seal(again, SealedKind.Live);
        Assert.False(first.AsSpan(SealedHeader.Size).SequenceEqual(second.AsSpan(SealedHeader.Size)));
        Assert.Equal(OpenResult.Opened, Open(first, SealedKind.Live));
        Assert.Equal(OpenResult.Opened, Open(second, SealedKind.Live));
    }

    [Fact]
    public void The_cipher_is_the_one_that_the_standards_say()
    {
        // RFC 5869 and SP 800-38D by the platform's one-shot functions, from the bytes of the message and nothing of this library.
        var path = Path.Combine(Path.GetTempPath(), $"standby-{Guid.NewGuid():n}.key");
        StandbyKey.CreateFile(path);
        var secret = Convert.FromHexString(File.ReadAllText(path).TrimEnd());
        using var key = StandbyKey.OpenFile(path);
        File.Delete(path);
        using var sealer = new MessageSealer(key, "book", SenderRole.Engine, "engine", 7);
        var message = Seal(sealer, SealedKind.Beat);
        var subkey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, "dmex standby 1 book"u8.ToArray(), message[8..32]);
        using var cipher = new AesGcm(subkey, 16);
        var plain = new byte[_plain.Length];
        cipher.Decrypt([.. message[32..40], 0, 0, 0, 0], message.AsSpan(40, 100), message.AsSpan(140, 16), plain, message.AsSpan(0, 40));
        Assert.Equal(_plain, plain);
    }

    [Fact]
    public void Made_up_senders_do_not_displace_a_known_one()
    {
        Assert.Equal(OpenResult.Opened, Open(Seal(_engine, SealedKind.Beat), SealedKind.Beat));
        for (var i = 0; i < 1000; i++)
        {
            var message = Seal(_engine, SealedKind.Live);
            _ = BitConverter.TryWriteBytes(message.AsSpan(24), i);
            Assert.Equal(OpenResult.Forged, Open(message, SealedKind.Live));
        }

        var beat = Seal(_engine, SealedKind.Beat);
        Assert.Equal(OpenResult.Opened, Open(beat, SealedKind.Beat));
        Assert.Equal(OpenResult.Repeated, Open(beat, SealedKind.Beat));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        var message = new byte[_plain.Length + SealedHeader.Overhead];
        var allocated = AllocationMeter.Measure(100, () =>
        {
            _ = _engine.Seal(SealedKind.Beat, _plain, message);
            _ = _opener.Open(message, SealedKind.Beat, _opened, out _, out _);
        });
        Assert.Equal(0, allocated);
    }

    private byte[] Seal(MessageSealer sealer, SealedKind kind)
    {
        var message = new byte[_plain.Length + SealedHeader.Overhead];
        Assert.Equal(message.Length, sealer.Seal(kind, _plain, message));
        return message;
    }

    private OpenResult Open(ReadOnlySpan<byte> message, SealedKind kind) => _opener.Open(message, kind, _opened, out _, out _);
}
