using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.Book;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

/// <summary>The book of armed cancels allocates nothing after its construction; listing it, which must, shows that the meter works.</summary>
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
    private readonly int[] _slots = new int[60];
    private readonly uint[] _generations = new uint[60];

    public BookAllocationTests()
    {
        _book = CancelBook.Create(
            new CancelBookOptions { Capacity = Orders, Endpoint = Books.Endpoint, WhenFull = BookFullPolicy.ReplaceOldest }, _key);
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
            Check(_book.Arm(_hashes[next], _signatures[next], 1) is ArmResult.Armed or ArmResult.ArmedInPlace or ArmResult.AlreadyArmed);
            next = (next + 1) % Orders;
        }));
    }

    [Fact]
    public void A_batch_a_panic_and_its_replies_allocate_nothing() =>
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            Check(_book.ArmBatch(_hashes, _tags, 0, _results) == Orders);
            var panic = _book.Latch(BookScope.All);
            var cursor = CancelBook.OpenCursor(panic);
            while (_book.Fire(ref cursor, _buffer, _slots, out _, _generations) > 0)
            {
                // Nothing is sent here.
            }

            var walk = CancelBook.OpenCursor(panic);
            while (_book.Unresolved(ref walk, _slots, _generations) is > 0 and var count)
            {
                for (var i = 0; i < count; i++)
                {
                    Check(_book.CopyFrame(_slots[i], _generations[i], _buffer, 7));
                }
            }

            foreach (var hash in _hashes)
            {
                Check(_book.Resolve(hash, CancelOutcomeKind.Confirmed, GoneReason.None, 3));
            }

            Check(_book.Counts(panic).Confirmed == Orders);
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
