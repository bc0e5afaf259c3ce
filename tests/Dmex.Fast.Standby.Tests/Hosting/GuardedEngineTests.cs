using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Hosting;

/// <summary>A hosted engine from its first order to the fire, and from there to its first order after the resume.</summary>
public sealed class GuardedEngineTests
{
    private const string Category = "Dmex.Fast.Standby.StandbyEngine";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_that_hung_is_latched_refuses_to_go_on_compares_the_list_and_arms_again()
    {
        await using var guarded = await GuardedEngine.StartAsync("hung", Token);
        var client = guarded.Client;
        StandbyFence? raised = null;
        client.StandbyFired += (_, e) => raised = e.Fence;
        guarded.BeginPulsing();
        await GuardedEngine.Until(() => guarded.Engine.State.Touch == EngineTouch.Guarded, "the engine is guarded");
        for (byte number = 1; number <= 5; number++)
        {
            Assert.Equal(ArmResult.Armed, guarded.Create(number));
            await guarded.Engine.WaitReplicatedAsync(GuardedEngine.Hash(number), cancellationToken: Token);
        }

        Assert.True(client.Pulse());
        await GuardedEngine.Until(() => guarded.Log.Contains((Category, 4)), "it is logged that it is guarded");
        var health = await guarded.HealthAsync(Token);
        Assert.True(health.Status == HealthStatus.Healthy, health.Description);
        Assert.Equal((1u, "Guarded"), (health.Data["generation"], health.Data["touch"]));
        Assert.NotEqual(string.Empty, health.Data["wouldFire"]);

        guarded.EndPulsing();
        await GuardedEngine.Until(() => client.Fence is not null && raised is not null, "the engine learns of the fire");
        var fence = client.Fence!.Value;
        Assert.False(client.Pulse());
        Assert.True(client.Book!.IsLatched);
        await GuardedEngine.Until(() => Enumerable.Range(1, 5).All(number => !guarded.IsOpen((byte)number)), "the orders are canceled");
        await GuardedEngine.Until(() => client.Fence?.By is "s1", "who fired is known");
        Assert.Equal((StandbyTrigger.Silent, raised!.Value.Id), (client.Fence!.Value.Trigger, fence.Id));
        Assert.Equal(HealthStatus.Unhealthy, (await guarded.HealthAsync(Token)).Status);

        // It goes on neither with another fence, nor while the venue has an order that nobody here knows.
        guarded.BeginPulsing();
        guarded.Open(99);
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => client.ResumeAsync(fence.Id ^ 2, Token));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => client.ResumeAsync(fence.Id, Token));
        Assert.Contains("1 open orders", refused.Message, StringComparison.Ordinal);
        Assert.False(client.Pulse());
        Assert.Equal(fence.Id, client.Fence!.Value.Id);

        Assert.True(guarded.Venue.MarkCanceledOnVenue(GuardedEngine.Hash(99).AsSpan()));
        await client.ResumeAsync(fence.Id, Token);

        Assert.Null(client.Fence);
        Assert.True(client.Pulse());
        Assert.False(client.Book.IsLatched);
        Assert.Equal(ArmResult.Armed, guarded.Create(6));
        await guarded.Engine.WaitReplicatedAsync(GuardedEngine.Hash(6), cancellationToken: Token);
        Assert.Equal((2u, 1), (guarded.Engine.State.Generation, guarded.Standby.State.Orders));
        Assert.Equal(HealthStatus.Healthy, (await guarded.HealthAsync(Token)).Status);
        Assert.All((int[])[1, 2, 7, 8], id => Assert.Contains((Category, id), guarded.Log));
        Assert.Contains(("Dmex.Fast.DmexClient", 15), guarded.Log);
    }

    [Fact]
    public async Task An_engine_that_comes_back_under_a_fence_is_latched_until_it_resumes()
    {
        await using var guarded = await GuardedEngine.StartAsync("killed", Token);
        guarded.BeginPulsing();
        await GuardedEngine.Until(() => guarded.Engine.State.Touch == EngineTouch.Guarded, "the engine is guarded");
        _ = guarded.Create(1);
        await guarded.Engine.WaitReplicatedAsync(GuardedEngine.Hash(1), cancellationToken: Token);

        await guarded.RestartAsync(Token);
        await GuardedEngine.Until(() => !guarded.IsOpen(1), "the standby cancels");
        var client = guarded.Client;
        await GuardedEngine.Until(() => client.Fence is not null, "the new engine finds the fence");
        Assert.False(client.Pulse());
        Assert.Equal(ArmResult.FiredByLatch, guarded.Create(2));
        await GuardedEngine.Until(() => !guarded.IsOpen(2), "what is armed under the fence is canceled");
        Assert.Contains((Category, 11), guarded.Log);

        guarded.BeginPulsing();
        await client.ResumeAsync(client.Fence!.Value.Id, Token);

        Assert.True(client.Pulse());
        Assert.Equal(ArmResult.Armed, guarded.Create(3));
        await guarded.Engine.WaitReplicatedAsync(GuardedEngine.Hash(3), cancellationToken: Token);
        Assert.True(guarded.IsOpen(3));
    }

    [Fact]
    public async Task A_host_that_stops_takes_leave_and_is_not_fired()
    {
        await using var guarded = await GuardedEngine.StartAsync("stopped", Token);
        guarded.BeginPulsing();
        await GuardedEngine.Until(() => guarded.Engine.State.Touch == EngineTouch.Guarded, "the engine is guarded");
        _ = guarded.Create(1);
        await guarded.Engine.WaitReplicatedAsync(GuardedEngine.Hash(1), cancellationToken: Token);
        guarded.EndPulsing();
        await guarded.Host.StopAsync(Token);

        await GuardedEngine.Until(() => guarded.Standby.State.Silent > GuardedEngine.Ttl * 1.5, "the Ttl is over");
        Assert.True(guarded.IsOpen(1));
        Assert.Equal(0u, guarded.Standby.State.Fenced);
    }
}
