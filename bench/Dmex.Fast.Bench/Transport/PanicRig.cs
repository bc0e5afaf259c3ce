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
        Random random = new(orders);
        var bytes = new byte[OrderHash.Size];
        for (var i = 0; i < orders; i++)
        {
            random.NextBytes(bytes);
            _hashes[i] = new OrderHash(bytes);
        }

        _signatures = new Signature[orders];
        using var signer = new BatchSigner(key, verifyAfterSign: false);
        signer.Sign(_hashes, _signatures);
    }

    /// <summary>Arms everything, fires every so many-th order, and forgets all.</summary>
    public PanicReport Fire(int stride)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            _ = _book.Arm(_hashes[i], _signatures[i], (ulong)(i % stride));
        }

        Thread.Sleep(2);
        var panic = _client.PanicAsync(
            stride == 1 ? BookScope.All : new BookScope(0xff, 0), new PanicOptions { Timeout = TimeSpan.FromMilliseconds(100 + (_hashes.Length / 100)) });
        while (!panic.IsCompleted)
        {
            Thread.Sleep(1);
        }

        var report = panic.Result;
        Check.True(report.Written == (_hashes.Length + stride - 1) / stride, $"{report.Written} are written");
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
