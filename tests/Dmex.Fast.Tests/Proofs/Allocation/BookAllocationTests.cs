using Dmex.Fast.Book;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.Book;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

/// <summary>
/// The book of armed cancels allocates nothing after its construction; listing it, which must, shows that the meter works.
/// </summary>
public sealed class BookAllocationTests : IDisposable
{
    private const int Repetitions = 50;
    private const int Orders = 200;

    private readonly SigningKey _key = Books.Key();
    private readonly CancelBook _book;
    private readonly OrderHash[] _hashes = [.. Enumerable.Range(0, Orders).Select(Books.Hash)];
    private readonly Signature[] _signatures = new Signature[Orders];
    private readonly ulong[] _tags = new ulong[Orders];
    private readonly ArmResult[] _results = new ArmResult[Orders];
    private readonly byte[] _buffer = new byte[60 * CancelFrame.Length];
    private readonly FiredOrder[] _fired = new FiredOrder[60];
    private readonly FiredOrder[] _takenOver = new FiredOrder[16];

    public BookAllocationTests()
    {
        _book = CancelBook.Create(
            new CancelBookOptions { Capacity = Orders, Endpoint = Books.Endpoint }, _key);
        using var signer = new BatchSigner(_key);
        signer.Sign(_hashes, _signatures);
    }

    public void Dispose()
    {
        _book.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void The_meter_sees_a_listing()
    {
        Assert.Equal(ArmResult.Armed, _book.Arm(_hashes[0], 1));
        Assert.True(AllocationMeter.Measure(Repetitions, () => _book.ListOrders(BookScope.All)) > Repetitions * 32);
    }

    [Fact]
    public void Arming_with_a_key_and_disarming_allocate_nothing() =>
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            Check(_book.Arm(_hashes[1], 1, 3) == ArmResult.Armed);
            Check(_book.Arm(_hashes[1], 2, 4) == ArmResult.Updated);
            Check(_book.MarkLive(_hashes[1]));
            Check(_book.Disarm(_hashes[1]) == DisarmResult.Removed);
        }));

    [Fact]
    public void Arming_with_signatures_into_a_full_book_allocates_nothing()
    {
        var next = 0;
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            Check(_book.Arm(_hashes[next], _signatures[next], 1) is ArmResult.Armed or ArmResult.AlreadyArmed or ArmResult.Full);
            next = (next + 1) % Orders;
        }));
    }

    [Fact]
    public void Arming_and_disarming_with_a_file_allocate_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("dmex-book-");
        try
        {
            using var book = CancelBook.CreateFile(Path.Combine(folder.FullName, "orders.book"), Books.Options(Orders));
            Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
            {
                Check(book.Arm(_hashes[1], _signatures[1], 1, 3) == ArmResult.Armed);
                Check(book.Arm(_hashes[1], _signatures[1], 2, 4) == ArmResult.Updated);
                Check(book.MarkLive(_hashes[1]));
                Check(book.Disarm(_hashes[1]) == DisarmResult.Removed);
            }));
            Assert.Null(book.StorageFailure);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_batch_a_panic_and_its_replies_allocate_nothing() =>
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            Check(_book.ArmBatch(_hashes, _tags, 0, _results) == Orders);
            var cursor = BookFiring.OpenCursor(_book.Firing.Latch(BookScope.All), BookScope.All);
            var sent = 0;
            while (_book.Firing.Fire(ref cursor, _buffer, _fired, _takenOver, out _) is > 0 and var count)
            {
                sent += count;
            }

            // A second panic takes the orders over, and the tracker sends further copies of them.
            var later = BookFiring.OpenCursor(_book.Firing.Latch(BookScope.All), BookScope.All);
            var moved = 0;
            while (_book.Firing.Fire(ref later, _buffer, _fired, _takenOver, out var count) > 0 || count > 0)
            {
                foreach (ref readonly var order in _takenOver.AsSpan(0, count))
                {
                    Check(_book.Firing.CopyFrame(order.Slot, order.SlotGeneration, _buffer, 7));
                }

                moved += count;
            }

            Check(sent == Orders && moved == Orders);
            foreach (var hash in _hashes)
            {
                Check(_book.Firing.Locate(hash).IsThere && _book.Firing.Settle(hash, CancelOutcomeKind.Confirmed));
            }

            Check(_book.CountsByState == default);
            _book.HandToJournal();
            _book.Reset();
        }));

    // Assert's own methods box.
    private static void Check(bool expected)
    {
        if (!expected)
        {
            Assert.Fail("Not what was expected.");
        }
    }
}
