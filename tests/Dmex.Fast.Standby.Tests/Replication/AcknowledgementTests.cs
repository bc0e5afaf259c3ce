using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

/// <summary>How much a standby's acknowledgements are, and how soon they come; in virtual time.</summary>
public sealed class AcknowledgementTests : IDisposable
{
    private readonly SimulatedGuard _guard = new();
    private readonly CancelBook _book = TestBook.New(100);

    public void Dispose()
    {
        _book.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task A_standby_that_takes_two_thousand_changes_a_second_acknowledges_a_hundred_times()
    {
        const int Seconds = 5;
        _ = _guard.StartStandby("s1");
        var (host, engine) = _guard.StartEngine(_book);
        var acknowledgements = new List<byte[]>();
        using var subscription = new SimulatedLink(_guard.Cluster, _guard.NewHost())
            .Subscribe(StandbyChannel.Acknowledgement, message => acknowledgements.Add(message.ToArray()));
        var number = 0;
        host.Repeat(TimeSpan.FromMilliseconds(1), () =>
        {
            _ = _book.Arm(TestBook.Hash(++number), TestBook.Signature(number), tag: 1);
            _ = _book.Disarm(TestBook.Hash(number - 50));
        });
        _guard.RunFor(Seconds);
        Assert.True(engine.State.Changes > Seconds * 1900);
        var sent = acknowledgements.DistinctBy(Convert.ToHexString, StringComparer.Ordinal).Count(); // by two paths each
        Assert.InRange(sent, Seconds * 40, (int)(TimeSpan.FromSeconds(Seconds) / AcknowledgementPace.MinGap) + 1);
        Assert.InRange(engine.State.Lag, TimeSpan.Zero, TimeSpan.FromSeconds(0.2));
        Assert.True(engine.IsReplicated(TestBook.Hash(number - 40)));
        await _guard.EndAsync(engine);
    }

    [Fact]
    public async Task A_single_order_is_known_to_be_replicated_before_the_next_tick()
    {
        _ = _guard.StartStandby("s1");
        var (_, engine) = _guard.StartEngine(_book);
        var soonest = TimeSpan.MaxValue;
        for (var number = 1; number <= 20; number++)
        {
            _guard.RunFor(seconds: 0.055);
            _ = _book.Arm(TestBook.Hash(number), TestBook.Signature(number), tag: 1);
            var armedAt = _guard.World.Now;
            var replicated = engine.WaitReplicatedAsync(TestBook.Hash(number));
            while (!replicated.IsCompleted)
            {
                _guard.RunFor(seconds: 0.0005);
                Assert.InRange(_guard.World.Now - armedAt, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
            }

            await replicated;
            var took = _guard.World.Now - armedAt;
            soonest = took < soonest ? took : soonest;
        }

        // The engine sends within a millisecond, and either way takes at most two more.
        Assert.InRange(soonest, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
        await _guard.EndAsync(engine);
    }
}
