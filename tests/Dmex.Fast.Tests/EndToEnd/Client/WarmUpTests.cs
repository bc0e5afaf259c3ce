using Dmex.Fast.Warmup;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>What is done ahead of the first cancel.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public void Warming_up_tells_the_time_that_it_took()
    {
        Assert.True(DmexClient.WarmUp() > TimeSpan.Zero);
    }

    [Fact]
    public async Task The_rehearsal_plays_cancels_and_panics_to_their_end()
    {
        Assert.True(await Rehearsal.RunAsync());
    }
}
