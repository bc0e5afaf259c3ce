using Dmex.Fast.Standby.Hosting.Hosts;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Hosting;

/// <summary>What the host says of an engine that is cut off.</summary>
public sealed class StandbyJudgmentTests
{
    [Theory]
    [InlineData(true, "latched until ResumeAsync")]
    [InlineData(false, "OnEngineIsolated is Alarm")]
    public void An_engine_that_is_cut_off_is_said_to_be_so_whether_or_not_its_book_is_latched(bool isLatched, string expected)
    {
        var state = new StandbyEngineState { Touch = EngineTouch.Isolated, Generation = 1, IsLatched = isLatched };
        var found = StandbyJudgment.Judge(new StandbyClusterOptions(), state, fence: null, [], []);
        var (condition, text) = Assert.Single(found);
        Assert.Equal(StandbyCondition.Isolated, condition);
        Assert.True(StandbyJudgment.IsUnhealthy(condition));
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }
}
