using System.Diagnostics;
using System.Text;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>A list of 100,000 open orders, read as it comes and compared with as many cancels; the network is not in it.</summary>
[MemoryDiagnoser]
public class OpenOrdersBenchmark
{
    private const int Orders = 100_000;
    private const int ComparedAtOnce = 128;
    private const string Account = "0xabcdef0123456789012345678901234567890123";

    private readonly OrderHash[] _hashes = new OrderHash[Orders];
    private readonly TrackerEffects _effects = new();
    private byte[] _account = [];
    private byte[] _list = [];
    private CancelTracker? _tracker;

    [GlobalSetup]
    public void Prepare()
    {
        _account = Encoding.ASCII.GetBytes(Account);
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        var text = new StringBuilder("{\"success\":true,\"data\":[");
        for (var i = 0; i < Orders; i++)
        {
            new Random(i).NextBytes(bytes);
            _hashes[i] = new OrderHash(bytes);
            _ = text.Append(i == 0 ? string.Empty : ",").Append(
                $$"""
                {"hash":"{{_hashes[i]}}","user_address":"{{Account}}","base_token":"0x{{new string('0', 40)}}",
                "asset":"btcusd","amount":"1000000000","price":"10000000000000","side":true,"nonce":1234567890,"leverage":"1000000000",
                "closing_order":false,"remaining_amount":"1000000000","closed":false,"stop":false,"stop_price":"0","stopped":false,
                "is_market":false,"post_only":false,"decimals":2,"amount_dec":4,"margin_currency_symbol":"USDC",
                "created_at":"2024-01-15T10:30:00Z"}
                """);
        }

        _list = Encoding.UTF8.GetBytes(text.Append("]}").ToString());
        _tracker = new CancelTracker(new TrackerOptions { Capacity = Orders, ListLag = 0 });
        _tracker.ConnectionUp(1, 1, 1, _effects);
        var panic = new PanicTally();
        for (var i = 0; i < Orders; i++)
        {
            Check.True(_tracker.TryFireListed(null, _hashes[i], default, panic, 2, _effects), "room for each");
            var cancel = _tracker.Find(_hashes[i])!;
            _tracker.Written(cancel, cancel.Generation, 1, 1, 2, _effects);
            _effects.Clear();
        }
    }

    /// <summary>What a reconciliation does: only the hashes are kept.</summary>
    [Benchmark]
    public int ReadAndCompare()
    {
        var began = Stopwatch.GetTimestamp();
        var hashes = new OpenHashCollector();
        Read(hashes);
        var read = new ListRead(began, Stopwatch.GetTimestamp(), hashes.Hashes, Before: null);
        for (var cursor = 0; _tracker!.Compare(read, ref cursor, ComparedAtOnce, read.EndedAt, _effects);)
        {
            // As the dispatcher does, which lets go of its lock in between.
        }

        return hashes.Hashes.Count;
    }

    /// <summary>What the caller of a list gets: all fields, and the raw JSON of each order.</summary>
    [Benchmark]
    public int ReadAllFields()
    {
        var orders = new OpenOrderCollector();
        Read(orders);
        return orders.Orders.Count;
    }

    private void Read<TSink>(TSink sink)
        where TSink : IOpenOrderSink
    {
        var reader = new OpenOrderListReader<TSink>(_account, sink);
        var reading = reader.ReadAsync(new MemoryStream(_list), int.MaxValue, CancellationToken.None);
        Check.True(reading.IsCompletedSuccessfully, "The list was read");
    }
}
