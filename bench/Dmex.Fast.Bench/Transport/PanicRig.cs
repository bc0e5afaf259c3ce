using Dmex.Fast.Cancels;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Transport;

/// <summary>A client with a book, armed anew for each panic with signatures that were made once.</summary>
internal sealed class PanicRig : IDisposable
{
    private readonly CancelBook _book;
    private readonly DmexClient _client;
    private readonly OrderHash[] _hashes;
    private readonly Signature[] _signatures;
    private readonly Random _random;

    public PanicRig(SinkProcess sink, SigningKey key, int orders, int sendBuffer)
    {
        _book = CancelBook.Create(
            new CancelBookOptions { Capacity = orders, Endpoint = sink.Url, Account = key.Address, VerifyArmed = false });
        var options = new DmexClientOptions
        {
            Endpoint = sink.Url,
            Connections = 1,
            Book = _book,
            PongTimeout = TimeSpan.FromHours(1),
            AckTimeout = TimeSpan.FromHours(1),
        };
        options.Transport.TrustRoots = [sink.Certificate];
        if (sendBuffer > 0)
        {
            options.Transport.SendBufferSize = sendBuffer;
        }

        _client = DmexClient.ConnectAsync(options, null).GetAwaiter().GetResult();
        _hashes = new OrderHash[orders];
        _random = new Random(orders);
        var bytes = new byte[OrderHash.Size];
        for (var i = 0; i < orders; i++)
        {
            _random.NextBytes(bytes);
            _hashes[i] = new OrderHash(bytes);
        }

        _signatures = new Signature[orders];
        using var signer = new BatchSigner(key, verifyAfterSign: false);
        signer.Sign(_hashes, _signatures);
    }

    /// <summary>Arms everything, fires what is left of it, and forgets all.</summary>
    /// <param name="stride">Fires every so many-th order.</param>
    /// <param name="withHoles">Whether a random half of the orders is disarmed before.</param>
    public PanicReport Fire(int stride, bool withHoles = false)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            _ = _book.Arm(_hashes[i], _signatures[i], (ulong)(i % stride));
        }

        var expected = (_hashes.Length + stride - 1) / stride;
        foreach (var hash in withHoles ? _random.GetItems(_hashes, _hashes.Length * 7 / 10) : [])
        {
            // Drawn with repetition: 1 − e^(−0.7) of them, which is half.
            expected -= _book.Disarm(hash) == DisarmResult.Removed ? 1 : 0;
        }

        Thread.Sleep(2);
        var panic = _client.PanicAsync(
            stride == 1 ? BookScope.All : new BookScope(0xff, 0), new PanicOptions { Timeout = TimeSpan.FromMilliseconds(100 + (_hashes.Length / 100)) });
        while (!panic.IsCompleted)
        {
            Thread.Sleep(1);
        }

        var report = panic.Result;
        Check.True(report.Written == expected, $"{report.Written} are written, of {expected}");
        _book.Reset();
        foreach (var hash in _hashes)
        {
            _ = _book.Forget(hash);
        }

        return report;
    }

    public void Dispose()
    {
        _client.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _book.Dispose();
    }
}
