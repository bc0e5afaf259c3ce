using Dmex.Fast.Standby.Events;
using Dmex.Fast.Standby.Tests.Mixture;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class TurnGuardTests
{
    [Fact]
    public void A_turn_that_fails_is_counted_each_time_and_told_once_a_second()
    {
        using var simulated = new SimulatedGuard();
        List<TurnFailedEventArgs> told = [];
        var guard = new TurnGuard(told.Add, simulated.NewHost());
        Assert.True(guard.Run(() => { }));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(guard.Run(() => throw new InvalidOperationException("broken")));
        }

        Assert.Equal((10, 1L), (guard.Failures, Assert.Single(told).Failures));
        simulated.RunFor(seconds: 1);
        guard.Note(new InvalidOperationException("still broken"));
        Assert.Equal(("broken", "still broken"), (told[0].Error.Message, told[1].Error.Message));
        Assert.Equal(11, told[1].Failures);
    }
}
