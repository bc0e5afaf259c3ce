using System.Diagnostics;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>Makes a scenario from a seed: calm ones, and ones in which everything goes wrong at once.</summary>
internal sealed class ScenarioGenerator
{
    private const int Tags = 4;

    private static readonly int[] Resends = [int.MaxValue, int.MaxValue, 10, 3, 1, 0];
    private static readonly int[] ResendsPerSecond = [1000, 1000, 200, 20, 10, 1];
    private static readonly int[] AckTimeouts = [50, 150, 500, 1000, 0];
    private static readonly int[] Graces = [0, 100, 1000];
    private static readonly int[] ListLags = [20, 100, 1000];
    private static readonly int[] WaitTimes = [1, 20, 100, 500, 2000, 10_000, 0];
    private static readonly int[] OutageTimes = [1, 5, 50, 300, 2000];

    private readonly List<Step> _steps = [];
    private ulong _state;
    private int _span;

    /// <summary>The scenario of a seed: always the same.</summary>
    public Scenario Generate(ulong seed)
    {
        _state = Randomness.Mix(seed);
        _steps.Clear();
        var orders = 40 + Below(200);
        var connections = 1 + Below(4);
        _span = orders * (1 + Below(20));
        var options = OptionsOf(orders, connections, seed);
        for (var order = 0; order < orders; order++)
        {
            AddOrder(order, options.BookCapacity > 0);
        }

        for (var faults = Below(4) == 0 ? 0 : Below(16); faults > 0; faults--)
        {
            AddFault(connections, orders);
        }

        for (var panics = options.BookCapacity > 0 ? Below(5) : 0; panics > 0; panics--)
        {
            Add(Below(_span * 1000), StepKind.Panic, Below(3) == 0 ? -1 : Below(Tags), Below(8));
        }

        if (Below(2) == 0)
        {
            Add(Below(_span * 1000), StepKind.ReleaseLatches, 0, 0);
        }

        for (var reads = options.ListLag is null ? 0 : Below(20); reads > 0; reads--)
        {
            Add(Below(_span * 1000), StepKind.Read, 0, 1 + Below(60));
        }

        var steps = _steps.ToArray();
        var times = Array.ConvertAll(steps, step => step.At);
        Array.Sort(times, steps);
        return new Scenario
        {
            Seed = seed,
            Orders = orders,
            Connections = connections,
            Options = options,
            TimerLag = Below(3) * Scenario.Millisecond,
            FaultsPerMille = Below(2) == 0 ? 0 : Below(200),
            ListFaultsPerMille = Below(2) == 0 ? 0 : Below(400),
            Steps = steps,
            End = Scenario.Start + (_span * Scenario.Millisecond) + (100 * Scenario.Millisecond),
        };
    }

    private TrackerOptions OptionsOf(int orders, int connections, ulong seed)
    {
        var hasRate = Below(10) < 3;
        var ackTimeout = Pick(AckTimeouts);
        return new TrackerOptions
        {
            Capacity = Below(4) == 0 ? 1 + Below(16) : orders,
            BookCapacity = Below(4) == 0 ? 0 : Below(4) == 0 ? 1 + Below(8) : orders,
            Policy = Below(4) == 0 ? ConnectionPolicy.Broadcast : ConnectionPolicy.Primary,
            MaxResendsPerOrder = Pick(Resends),
            MaxResendsPerSecond = Pick(ResendsPerSecond),
            AckTimeout = ackTimeout == 0 ? long.MaxValue : ackTimeout * Scenario.Millisecond,
            NotFoundGrace = Pick(Graces) * Scenario.Millisecond,
            ListLag = Below(2) == 0 ? null : Pick(ListLags) * Scenario.Millisecond,
            MaxRetryAfter = (1 + (4 * Below(2))) * Stopwatch.Frequency,
            Rate = hasRate
                ? new RateBudgetOptions
                {
                    FramesPerSecond = 20 + Below(2000),
                    Burst = connections + Below(100),
                    PanicReserve = Below(3) * Below(60),
                }
                : null,
            Seed = seed | 1,
        };
    }

    private void AddOrder(int order, bool hasBook)
    {
        var at = Below(_span * 1000);
        if (Below(10) < 9)
        {
            Add(at, StepKind.Create, order, Below(5) == 0 ? Below(200_000) : Below(500));
        }

        if (Below(2) == 0)
        {
            Add(at + Below(20_000), StepKind.MarkLive, order, 0);
        }

        if (hasBook && Below(10) < 7)
        {
            AddBookSteps(order, at);
        }

        var cancels = Below(10) switch { 0 => 0, < 7 => 1, < 9 => 2, _ => 4 };
        for (var i = 0; i < cancels; i++)
        {
            var asked = at + Below(i == 0 ? 20_000 : 400_000);
            Add(asked, StepKind.Cancel, order, Pick(WaitTimes));
            if (Below(8) == 0)
            {
                Add(asked + Below(100_000), StepKind.EndWait, order, 0);
            }

            if (Below(30) == 0)
            {
                Add(asked + Below(200_000), StepKind.Abandon, order, 0);
            }
        }

        if (Below(12) == 0)
        {
            Add(at + Below(100_000), StepKind.Fill, order, 0);
        }

        if (Below(25) == 0)
        {
            Add(at + Below(200_000), StepKind.Say, order, Below((int)ReplyKind.Busy + 1));
        }
    }

    private void AddBookSteps(int order, int at)
    {
        Add(at, StepKind.Arm, order, Below(Tags));
        if (Below(6) == 0)
        {
            Add(at + Below(300_000), StepKind.Retag, order, Below(Tags));
        }

        if (Below(10) == 0)
        {
            Add(at + Below(300_000), StepKind.Disarm, order, 0);
        }

        if (Below(12) == 0)
        {
            var forgotten = at + Below(400_000);
            Add(forgotten, StepKind.Forget, order, 0);
            if (Below(2) == 0)
            {
                Add(forgotten + Below(100_000), StepKind.Arm, order, Below(Tags));
            }
        }
    }

    private void AddFault(int connections, int orders)
    {
        var at = Below(_span * 1000);
        switch (Below(12))
        {
            case 0 or 1 or 2:
                Add(at, StepKind.Lose, 1 + Below(connections), Pick(OutageTimes));
                break;
            case 3:
                for (var id = 1; id <= connections; id++)
                {
                    Add(at + Below(2000), StepKind.Lose, id, Pick(OutageTimes));
                }

                break;
            case 4:
                Add(at, StepKind.Stall, 1 + Below(connections), Pick(OutageTimes));
                break;
            case 5:
                Add(at, StepKind.Silence, 1 + Below(connections), Pick(OutageTimes));
                break;
            case 6:
                Add(at, StepKind.Throttle, 0, Below(4) == 0 ? 3_600_000 : Below(1000));
                break;
            case 7:
                Add(at, StepKind.Pause, 0, Below(1500));
                break;
            default:
                Add(at, StepKind.Mode, Below((int)VenueMode.Lies + 1), 10 + Below(1000));
                break;
        }

        if (Below(4) == 0)
        {
            Add(at, StepKind.Say, Below(orders), Below((int)ReplyKind.Busy + 1));
        }
    }

    private void Add(int microseconds, StepKind kind, int a, int b) =>
        _steps.Add(new Step(Scenario.Start + (microseconds * Scenario.Microsecond), kind, a, b));

    private int Pick(int[] values) => values[Below(values.Length)];

    private int Below(int bound)
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        return (int)(Randomness.Mix(_state) % (ulong)bound);
    }
}
