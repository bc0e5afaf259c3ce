using Dmex.Fast.Book.Storage;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class ReplicaRecordTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void An_order_takes_112_bytes_and_comes_back_as_it_was(int number, bool isLive)
    {
        var state = (BookEntryState)number;
        var record = Order(state);
        record.IsLive = isLive;
        var bytes = new byte[ReplicaRecord.ArmSize];
        Assert.Equal(112, ReplicaRecord.Write(record, bytes));
        Assert.Equal(112, ReplicaRecord.Read(bytes, out var read));
        Assert.Equal((record.Hash, record.Signature, record.Tag, record.Place), (read.Hash, read.Signature, read.Tag, read.Slot));
        Assert.Equal((record.Priority, state, isLive), (read.Priority, read.State, read.IsLive));
        var again = new byte[ReplicaRecord.ArmSize];
        Assert.Equal(112, read.Write(again));
        Assert.Equal(bytes, again);
    }

    [Fact]
    public void A_removal_takes_48_bytes_and_names_the_order()
    {
        var bytes = new byte[ReplicaRecord.ArmSize];
        Assert.Equal(48, ReplicaRecord.Write(Order(BookEntryState.Free), bytes));
        Assert.Equal(48, ReplicaRecord.Read(bytes.AsSpan(0, 48), out var read));
        Assert.True(read.IsRemoval);
        Assert.Equal((TestBook.Hash(7), 12), (read.Hash, read.Slot));
    }

    [Fact]
    public void What_cannot_be_a_record_is_none()
    {
        var bytes = new byte[ReplicaRecord.ArmSize];
        _ = ReplicaRecord.Write(Order(BookEntryState.Armed), bytes);
        Refuses(bytes, (0, 0), (0, 2), (0, 9), (1, 0), (1, 7), (2, 8), (7, 0x80), (7, 0x40));
        Assert.Equal(0, ReplicaRecord.Read(bytes.AsSpan(0, 111), out _));
        Assert.Equal(0, ReplicaRecord.Read(bytes.AsSpan(0, 47), out _));
    }

    private static void Refuses(byte[] bytes, params (int At, byte Value)[] changes)
    {
        foreach (var (at, value) in changes)
        {
            var changed = bytes.ToArray();
            changed[at] = value;
            Assert.Equal(0, ReplicaRecord.Read(changed, out _));
        }
    }

    private static BookRecord Order(BookEntryState state) => new()
    {
        Kind = BookRecordKind.Order,
        Hash = TestBook.Hash(7),
        Signature = TestBook.Signature(7),
        Tag = 0x1234567890abcdef,
        Place = 12,
        Priority = 5,
        State = state,
    };
}
