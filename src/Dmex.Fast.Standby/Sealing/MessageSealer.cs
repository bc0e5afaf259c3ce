using System.Security.Cryptography;

namespace Dmex.Fast.Standby.Sealing;

/// <summary>Seals the messages of one life of a sender. Thread-safe; allocates nothing after construction.</summary>
internal sealed class MessageSealer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AesGcm _cipher;
    private readonly SealedSender _sender;
    private ulong _sequence;

    /// <param name="key">The cluster's.</param>
    /// <param name="book">The book's name.</param>
    /// <param name="role">What this process is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="generation">The engine's; 0 for others.</param>
    public MessageSealer(StandbyKey key, string book, SenderRole role, string name, uint generation)
    {
        Span<byte> session = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(session);
        _sender = new SealedSender(role, generation, SealedSender.IdOf(name), BitConverter.ToUInt64(session));
        _cipher = key.Derive(book, _sender);
    }

    /// <summary>Who seals.</summary>
    public SealedSender Sender => _sender;

    /// <summary>Seals a message.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="plain">The message.</param>
    /// <param name="destination">Longer by <see cref="SealedHeader.Overhead"/> at least; apart from <paramref name="plain"/>.</param>
    /// <returns>The length of the sealed message.</returns>
    public int Seal(SealedKind kind, ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[SealedHeader.NonceSize];
        lock (_lock)
        {
            var header = new SealedHeader(kind, _sender, ++_sequence);
            header.Write(destination);
            header.WriteNonce(nonce);
            _cipher.Encrypt(
                nonce,
                plain,
                destination.Slice(SealedHeader.Size, plain.Length),
                destination.Slice(SealedHeader.Size + plain.Length, SealedHeader.TagSize),
                destination[..SealedHeader.Size]);
        }

        return plain.Length + SealedHeader.Overhead;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _cipher.Dispose();
        }
    }
}
