using Dmex.Fast.Collections;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Collections;

public sealed class DueHeapTests
{
    [Fact]
    public void What_is_due_first_comes_first_whatever_was_removed_in_between()
    {
        var random = Seed.Create(TestContext.Current.TestOutputHelper!);
        var heap = new DueHeap<Item>(2);
        var model = new List<Item>();
        for (var i = 0; i < 20_000; i++)
        {
            switch (random.Next(3))
            {
                case 0:
                case 1 when model.Count < 100:
                    var item = new Item { Due = random.Next(50) };
                    heap.Add(item);
                    model.Add(item);
                    break;
                case 1:
                    var gone = model[random.Next(model.Count)];
                    heap.Remove(gone);
                    heap.Remove(gone);
                    _ = model.Remove(gone);
                    break;
                default:
                    var now = random.Next(50);
                    var taken = heap.TakeDue(now);
                    var earliest = model.Count > 0 ? model.Min(m => m.Due) : long.MaxValue;
                    Assert.Equal(earliest <= now ? earliest : null, taken?.Due);
                    _ = taken is not null && model.Remove(taken);
                    break;
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count > 0 ? model.Min(m => m.Due) : long.MaxValue, heap.NextDue);
        }
    }

    private sealed class Item : IDue
    {
        public long Due { get; init; }

        public int HeapIndex { get; set; } = -1;
    }
}
