using System.Globalization;
using System.Text;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

/// <summary>
/// What a list of 100,000 orders takes, by the bytes that the reading thread allocates: what is live at any time is less. The list itself
/// is not counted: it is read piece by piece, here from memory and else from a connection.
/// </summary>
public sealed class OpenOrdersAllocationTests(ITestOutputHelper output)
{
    private const int Orders = 100_000;
    private const long MaxBytes = 100_000_000;
    private const string Account = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static readonly byte[] List = Encoding.ASCII.GetBytes(
        $$"""{"success":true,"data":[{{string.Join(',', Enumerable.Range(0, Orders).Select(RowOf))}}]}""");

    [Fact]
    public void A_list_of_a_hundred_thousand_orders_is_compared_in_less_than_a_hundred_megabytes()
    {
        var effects = new TrackerEffects();
        var tracker = TrackerOf(effects);
        _ = List;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var began = 10L;
        for (var reads = 0; reads < 2; reads++, began += 10)
        {
            var hashes = new OpenHashCollector();
            Read(hashes);
            Assert.Equal(Orders, hashes.Hashes.Count);
            var read = new ListRead(began, began + 5, hashes.Hashes, Before: null);
            for (var cursor = 0; tracker.Compare(read, ref cursor, 128, began + 5, effects);)
            {
                // As the dispatcher does, which lets go of its lock in between.
            }
        }

        Report(before, "read and compared, twice");
        Assert.Equal(Orders, tracker.OpenCount);
    }

    [Fact]
    public void A_list_of_a_hundred_thousand_orders_is_given_to_the_caller_in_less_than_a_hundred_megabytes()
    {
        _ = List;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var orders = new OpenOrderCollector();
        Read(orders);
        Report(before, "read with all fields and the raw JSON");
        Assert.Equal(Orders, orders.Orders.Count);
    }

    private static CancelTracker TrackerOf(TrackerEffects effects)
    {
        var tracker = new CancelTracker(new TrackerOptions { Capacity = Orders, ListLag = 0 });
        tracker.ConnectionUp(1, 1, 1, effects);
        var panic = new PanicTally();
        for (var i = 0; i < Orders; i++)
        {
            var hash = HashOf(i);
            Assert.True(tracker.TryFireListed(null, hash, default, panic, 2, effects));
            var cancel = tracker.Find(hash)!;
            tracker.Written(cancel, cancel.Generation, 1, 1, 2, effects);
            effects.Clear();
        }

        return tracker;
    }

    // With all fields that are documented.
    private static string RowOf(int number) => $$"""
        {"hash":"{{HashOf(number)}}","user_address":"{{Account}}","base_token":"0x{{new string('0', 40)}}","asset":"btcusd",
        "amount":"1000000000","price":"10000000000000","side":true,"nonce":1234567890,"leverage":"1000000000","closing_order":false,
        "remaining_amount":"1000000000","closed":false,"stop":false,"stop_price":"0","stopped":false,"is_market":false,"post_only":false,
        "decimals":2,"amount_dec":4,"margin_currency_symbol":"USDC","created_at":"2024-01-15T10:30:00Z"}
        """;

    private static OrderHash HashOf(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        new Random(number).NextBytes(bytes);
        return new OrderHash(bytes);
    }

    private static void Read<TSink>(TSink sink)
        where TSink : IOpenOrderSink
    {
        var reader = new OpenOrderListReader<TSink>(Encoding.ASCII.GetBytes(Account), sink);
        var reading = reader.ReadAsync(new MemoryStream(List), int.MaxValue, CancellationToken.None);
        Assert.True(reading.IsCompletedSuccessfully);
    }

    private void Report(long before, string what)
    {
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {taken / 1e6:N1} MB"));
        Assert.InRange(taken, 1, MaxBytes);
    }
}
