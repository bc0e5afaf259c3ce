using Dmex.Fast.Standby.Firing;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

public sealed class StandbyFiringTests
{
    [Fact]
    public void Two_panics_over_one_book_count_each_order_once()
    {
        var first = new PanicReport
        {
            Orders = 10,
            Written = 10,
            Confirmed = 4,
            AlreadyGone = 1,
            NotFound = 1,
            Rejected = 2,
            Unresolved = 2,
            FirstByte = TimeSpan.FromMilliseconds(1),
            LastByte = TimeSpan.FromMilliseconds(2),
            LastConfirmation = TimeSpan.FromMilliseconds(3),
        };

        // Takes over the unresolved two, sends the rejected two again, and has three that were armed since.
        var again = new PanicReport
        {
            Orders = 7,
            Written = 5,
            Confirmed = 5,
            Rejected = 2,
            LastByte = TimeSpan.FromMilliseconds(5),
        };

        var joined = StandbyFiring.Join(first, again, TimeSpan.FromMilliseconds(100));

        Assert.Equal(13, joined.Orders);
        Assert.Equal(
            joined.Orders,
            joined.Confirmed + joined.AlreadyGone + joined.NotFound + joined.Rejected + joined.Unresolved + joined.Left);
        Assert.Equal((9, 2, 0), (joined.Confirmed, joined.Rejected, joined.Unresolved));
        Assert.Equal(TimeSpan.FromMilliseconds(1), joined.FirstByte);
        Assert.Equal(TimeSpan.FromMilliseconds(105), joined.LastByte);
        Assert.Equal(TimeSpan.FromMilliseconds(3), joined.LastConfirmation);
    }
}
