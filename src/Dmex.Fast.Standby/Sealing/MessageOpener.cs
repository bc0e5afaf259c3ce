using System.Security.Cryptography;

namespace Dmex.Fast.Standby.Sealing;

/// <summary>
/// Opens sealed messages and counts those that it refuses. Thread-safe; allocates nothing for a sender that it knows.
/// </summary>
/// <remarks>
/// A repeated message is refused where it would do something twice. Records of the book and of the stream may be read again: they
/// are numbered themselves.
/// </remarks>
internal sealed class MessageOpener(StandbyKey key, string book) : IDisposable
{
    /// <summary>Lives of senders whose keys are kept; more would be restarts, or somebody's made-up ones.</summary>
    private const int MaxSenders = 64;

    private static readonly int Results = Enum.GetValues<OpenResult>().Length;

    private readonly Lock _lock = new();
    private readonly Dictionary<SealedSender, Known> _known = [];
    private readonly long[] _counts = new long[Results];
    private long _uses;
    private bool _isDisposed;

    /// <summary>How many messages had a result.</summary>
    public long CountOf(OpenResult result) => Interlocked.Read(ref _counts[(int)result]);

    /// <summary>How many messages were refused for anything but a repetition.</summary>
    public long Refused => CountOf(OpenResult.WrongLength) + CountOf(OpenResult.OtherVersion)
        + CountOf(OpenResult.NotAllowed) + CountOf(OpenResult.Forged);

    /// <summary>Opens a message.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="expected">The kind that this place takes.</param>
    /// <param name="plain">Receives the message.</param>
    /// <param name="header">Who sealed it; only with <see cref="OpenResult.Opened"/> to be believed.</param>
    /// <param name="length">The length of the message.</param>
    public OpenResult Open(ReadOnlySpan<byte> message, SealedKind expected, Span<byte> plain, out SealedHeader header, out int length)
    {
        var result = TryOpen(message, expected, plain, out header, out length);
        _ = Interlocked.Increment(ref _counts[(int)result]);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var known in _known.Values)
            {
                known.Cipher.Dispose();
            }

            _known.Clear();
        }
    }

    private static bool IsAllowed(SealedKind kind, SenderRole role) => kind switch
    {
        SealedKind.Live or SealedKind.Beat or SealedKind.Generation or SealedKind.Batch => role == SenderRole.Engine,
        SealedKind.Acknowledgement or SealedKind.RepairRequest or SealedKind.Status or SealedKind.Report => role == SenderRole.Standby,
        SealedKind.Snapshot => role == SenderRole.Standby,
        SealedKind.Fence => role is SenderRole.Standby or SenderRole.Operator,
        SealedKind.Order => role == SenderRole.Operator,
        _ => false,
    };

    private static bool MayRepeat(SealedKind kind) => kind == SealedKind.Live || kind >= SealedKind.Generation;

    private OpenResult TryOpen(ReadOnlySpan<byte> message, SealedKind expected, Span<byte> plain, out SealedHeader header, out int length)
    {
        header = default;
        length = message.Length - SealedHeader.Overhead;
        if (length < 0 || length > plain.Length)
        {
            return OpenResult.WrongLength;
        }

        if (!SealedHeader.TryRead(message, out header))
        {
            return OpenResult.OtherVersion;
        }

        if (header.Kind != expected || !IsAllowed(header.Kind, header.Sender.Role))
        {
            return OpenResult.NotAllowed;
        }

        lock (_lock)
        {
            if (_isDisposed)
            {
                return OpenResult.NotAllowed; // a late message, for which no key is derived and kept
            }

            var isKnown = _known.TryGetValue(header.Sender, out var sender);
            sender ??= new Known(key.Derive(book, header.Sender));
            if (!TryDecrypt(sender.Cipher, message, header, plain[..length]))
            {
                if (!isKnown)
                {
                    sender.Cipher.Dispose();
                }

                return OpenResult.Forged;
            }

            if (!isKnown)
            {
                Keep(header.Sender, sender);
            }

            sender.UsedAt = ++_uses;
            return MayRepeat(header.Kind) || sender.WindowOf(header.Kind).TryNote(header.Sequence)
                ? OpenResult.Opened
                : OpenResult.Repeated;
        }
    }

    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> message, in SealedHeader header, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[SealedHeader.NonceSize];
        header.WriteNonce(nonce);
        try
        {
            cipher.Decrypt(
                nonce,
                message[SealedHeader.Size..^SealedHeader.TagSize],
                message[^SealedHeader.TagSize..],
                plain,
                message[..SealedHeader.Size]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private void Keep(in SealedSender id, Known sender)
    {
        if (_known.Count >= MaxSenders)
        {
            var oldest = _known.MinBy(known => known.Value.UsedAt);
            oldest.Value.Cipher.Dispose();
            _ = _known.Remove(oldest.Key);
        }

        _known[id] = sender;
    }

    private sealed class Known(AesGcm cipher)
    {
        private readonly ReplayWindow[] _windows = new ReplayWindow[(int)SealedKind.Generation];

        public AesGcm Cipher { get; } = cipher;

        public long UsedAt { get; set; }

        public ref ReplayWindow WindowOf(SealedKind kind) => ref _windows[(int)kind];
    }
}
