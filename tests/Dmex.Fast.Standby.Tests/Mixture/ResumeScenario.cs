using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Support;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>
/// A killed engine is fired by a standby that learns nothing of what the venue made of it; half of the orders are reconciled, another
/// process resumes with the rest, and dies. What was fired before is in no later fire, unless it was armed again.
/// </summary>
internal static class ResumeScenario
{
    private const int Orders = 10;

    /// <summary>Plays it; what went wrong, or null.</summary>
    public static string? Find()
    {
        string? failure = null;

        // A thread without a context: what is awaited goes on where virtual time runs.
        var thread = new Thread(() => failure = Play());
        thread.Start();
        thread.Join();
        return failure;
    }

    private static string? Play()
    {
        using var key = TestKey.New();
        using var book = TestBook.New(100);
        var world = new VirtualWorld();
        var random = new Random(1);
        var cluster = new SimulatedCluster(world, random) { LossPercent = 0 };
        var firer = new SilentFirer();
        var standbyHost = new SimulatedHost(world, 0, random);
        var standby = new StandbyService(
            MixtureScenario.OptionsOf("s1"), key, new SimulatedLink(cluster, standbyHost), firer, standbyHost)
        {
            IsTurnedByCaller = true,
        };
        standby.Start();
        standbyHost.Repeat(TimeSpan.FromMilliseconds(10), standby.Tick);

        var (firstHost, first) = NewEngine(cluster, new SimulatedHost(world, 1, random), key, book);
        var start = first.StartAsync().AsTask();
        world.RunFor(TimeSpan.FromSeconds(1));
        Arm(book, Enumerable.Range(1, Orders));
        world.RunFor(TimeSpan.FromSeconds(1));
        firstHost.Kill();
        world.RunFor(TimeSpan.FromSeconds(4));
        if (!start.IsCompletedSuccessfully || firer.Fired.Count != Orders)
        {
            return $"{firer.Fired.Count} of {Orders} orders were fired; {start.Status}, {standby.State}";
        }

        firer.Fired.Clear();
        using var reconciled = TestBook.New(100);
        var rest = Enumerable.Range((Orders / 2) + 1, Orders / 2).ToArray();
        Arm(reconciled, rest);
        var (secondHost, second) = NewEngine(cluster, new SimulatedHost(world, 2, random), key, reconciled);
        var resume = second.ResumeAsync(standby.State.FenceId).AsTask();
        world.RunFor(TimeSpan.FromSeconds(3));
        secondHost.Kill();
        world.RunFor(TimeSpan.FromSeconds(4));
        return resume.IsCompletedSuccessfully && firer.Fired.SetEquals(rest.Select(TestBook.Hash)) ? null
            : $"{firer.Fired.Count} orders were fired after the resume, not the {rest.Length} of its book; {resume.Status}, "
                + standby.State;
    }

    private static void Arm(CancelBook book, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _ = book.Arm(TestBook.Hash(number), TestBook.Signature(number), tag: 1);
        }
    }

    private static (SimulatedHost Host, StandbyEngine Engine) NewEngine(
        SimulatedCluster cluster, SimulatedHost host, StandbyKey key, CancelBook book)
    {
        var options = MixtureScenario.OptionsOf("engine");
        var engine = new StandbyEngine(options, key, new SimulatedLink(cluster, host), book, host) { IsTurnedByCaller = true };
        host.Repeat(TimeSpan.FromMilliseconds(1), () => _ = engine.Send());
        host.Repeat(options.Beat, () =>
        {
            engine.Pulse();
            engine.Tick();
        });
        return (host, engine);
    }

    /// <summary>Sends, and never learns the outcome.</summary>
    private sealed class SilentFirer : IStandbyFirer
    {
        public HashSet<OrderHash> Fired { get; } = [];

        public bool CanFire => true;

        public bool VenueAnsweredSince(long timestamp) => true;

        public void Fire(StandbyFire fire) => Fired.UnionWith(fire.Orders.Select(order => order.Hash));
    }
}
