using System.Diagnostics;
using System.Security.Cryptography;
using Dmex.Fast.Protocol;
using Dmex.Fast.Replies;
using Dmex.Fast.Signers;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Warmup;

/// <summary>
/// Once a second per process signs, frames, encrypts and classifies something that goes nowhere, so that the tables and code of a cancel
/// stay in the caches that the processor's cores share while nothing is canceled. Several clients take turns, since they share code and
/// caches: however many are idle, they cost no more than one. For one thread.
/// </summary>
internal sealed class LocalWarming : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private static readonly long Interval = Stopwatch.Frequency;

    private readonly SignerPool? _signers;
    private readonly WarmingTurns _turns;
    private readonly ReplyClassifier _classifier = new();
    private readonly byte[] _frame = new byte[CancelFrame.Length];
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly byte[] _encrypted = new byte[CancelFrame.Length];
    private readonly byte[] _tag = new byte[TagSize];
    private readonly byte[] _nonce = new byte[NonceSize];
    private readonly AesGcm? _cipher = AesGcm.IsSupported ? new AesGcm(new byte[16], TagSize) : null;
    private readonly OrderHash _hash = new([.. Enumerable.Repeat((byte)1, OrderHash.Size)]);
    private Signature _signature = new(new byte[Signature.Size], 27);
    private long _due;

    /// <param name="signers">The client's; null without a key.</param>
    /// <param name="turns">Those who take turns; null for all clients of the process.</param>
    public LocalWarming(SignerPool? signers, WarmingTurns? turns = null)
    {
        _signers = signers;
        _turns = turns ?? WarmingTurns.OfProcess;
        _turns.Join();
    }

    /// <summary>Warms when it is due, and says when to come again. Allocates nothing; takes some ten microseconds.</summary>
    /// <exception cref="Exception">Signing failed: the key is disposed, or a fault was found. Nothing was published.</exception>
    public long Tick(long now)
    {
        if (now < _due)
        {
            return _due;
        }

        _due = now + (Interval * _turns.Count);
        _signers?.Sign(_hash, out _signature);
        CancelMessage.Write(in _hash, in _signature, _message);
        CancelFrame.Write(_frame, _hash, _signature, 0);
        _cipher?.Encrypt(_nonce, _frame, _encrypted, _tag);
        _ = _classifier.Classify(_message, NullReplySink.Instance);
        return _due;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cipher?.Dispose();
        _turns.Leave();
    }
}
