using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Panics at the sink: the book is armed anew for each, with signatures that were made once.</summary>
internal sealed class SinkPanics : IDisposable
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan BeforeFiring = TimeSpan.FromMilliseconds(2);
    private readonly PanicRig _rig;
    private readonly OrderHash[] _hashes;
    private readonly OrderHash[] _holes;
    private readonly Signature[] _signatures;
    private readonly PanicOptions _panicOptions;

    /// <param name="sink">What it connects to.</param>
    /// <param name="key">Signs.</param>
    /// <param name="orders">How many the book holds.</param>
    /// <param name="url">In place of the sink's.</param>
    /// <param name="withHoles">Whether a random half of the orders is disarmed before each panic.</param>
    /// <param name="sendBuffer">SO_SNDBUF; null leaves it as it is.</param>
    public SinkPanics(SinkProcess sink, SigningKey key, int orders, Uri? url = null, bool withHoles = false, int? sendBuffer = null)
    {
        var book = new CancelBookOptions { Capacity = orders, Endpoint = url ?? sink.Url, Account = key.Address, VerifyArmed = false };
        var options = new DmexClientOptions
        {
            Connections = 1,
            Liveness = { PongTimeout = TimeSpan.FromHours(1) },
            Retry = { AckTimeout = TimeSpan.FromHours(1) },
        };
        options.Transport.TrustRoots = [sink.Certificate];
        options.Transport.SendBufferSize = sendBuffer;
        _rig = PanicRig.ConnectAsync(book, signer: null, options, CancellationToken.None).GetAwaiter().GetResult();
        _panicOptions = new PanicOptions { Timeout = TimeSpan.FromMilliseconds(100 + (orders / 100)) };
        _hashes = new OrderHash[orders];
        Random random = new(orders);
        var bytes = new byte[OrderHash.Size];
        for (var i = 0; i < orders; i++)
        {
            random.NextBytes(bytes);
            _hashes[i] = new OrderHash(bytes);
        }

        _holes = withHoles ? [.. _hashes] : [];
        random.Shuffle(_holes);
        Array.Resize(ref _holes, _holes.Length / 2);
        _signatures = new Signature[orders];
        using var signer = new BatchSigner(key, verifyAfterSign: false);
        signer.Sign(_hashes, _signatures);
    }

    /// <summary>The client, for its events.</summary>
    public DmexClient Client => _rig.Client;

    /// <summary>
    /// Arms everything, fires every so many-th order, and forgets all; does it again when the machine was held up for so long
    /// that the deadline came before the last byte.
    /// </summary>
    public PanicReport Fire(int stride)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Arm(stride);
            Thread.Sleep(BeforeFiring);
            var report = End(Start(stride));
            if (report.Written == ((_hashes.Length + stride - 1) / stride) - _holes.Length)
            {
                return report;
            }
        }

        throw new InvalidOperationException($"Of {_hashes.Length} orders some were not written. Nothing was timed.");
    }

    /// <summary>Does what <see cref="Fire"/> does, with the same pauses, and in place of the panic something else that is timed.</summary>
    public double FireInstead(Func<double> timed)
    {
        Arm(stride: 1);
        Thread.Sleep(BeforeFiring);
        var time = timed();
        Thread.Sleep(_panicOptions.Timeout);
        Forget();
        return time;
    }

    /// <summary>Arms everything with a tag that counts up to <paramref name="stride"/>.</summary>
    public void Arm(int stride)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            _ = _rig.Book.Arm(_hashes[i], _signatures[i], (ulong)(i % stride));
        }

        foreach (var hash in _holes)
        {
            _ = _rig.Book.Disarm(hash);
        }
    }

    /// <summary>
    /// Fires every so many-th order. Nothing is confirmed here: the panic's time is the time to write, and some to spare.
    /// </summary>
    public ValueTask<PanicReport> Start(int stride) => _rig.Client.PanicAsync(
        stride == 1 ? BookScope.All : new BookScope(0xff, 0), _panicOptions);

    /// <summary>Waits for the report and forgets all.</summary>
    public PanicReport End(ValueTask<PanicReport> panic)
    {
        var report = PanicRig.Wait(panic);
        _rig.Book.Reset();
        Forget();
        return report;
    }

    private void Forget()
    {
        foreach (var hash in _hashes)
        {
            _ = _rig.Book.Forget(hash);
        }
    }

    public void Dispose() => _rig.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
