using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>What the owner of a book does with it.</summary>
internal enum ChaosBookDeed
{
    Arm,
    MarkLive,
    Disarm,
    Forget,
}

/// <summary>A call to the book, when it is made (milliseconds from the start), and about which order.</summary>
internal sealed record ChaosBookStep(int AtMilliseconds, ChaosBookDeed Deed, int Order, ulong Tag = 0, int Priority = 0);

/// <summary>A panic over a scope, or a reset where there is none.</summary>
internal sealed record ChaosTrigger(int AtMilliseconds, BookScope? Scope, PanicOptions? Options);

/// <summary>The book of a scenario: which orders are armed, when, and the panics over them.</summary>
internal sealed class ChaosBookPlan
{
    private const int Tags = 16;

    private ChaosBookPlan(Random random, int orders)
    {
        WhenLatched = random.Next(4) == 0 ? BookLatchedPolicy.Refuse : BookLatchedPolicy.Fire;
        InFile = random.Next(3) == 0;
        Capacity = random.Next(6) == 0 ? Math.Max(1, orders / 4) : orders;
    }

    public BookLatchedPolicy WhenLatched { get; }

    public bool InFile { get; }

    /// <summary>At times less than what is armed, so that some orders find the book full.</summary>
    public int Capacity { get; }

    /// <summary>The orders that are armed at some time.</summary>
    public HashSet<int> Orders { get; } = [];

    /// <summary>In the order of time. Those before 0 are made before the client connects.</summary>
    public ChaosBookStep[] Steps { get; private set; } = [];

    /// <summary>In the order of time.</summary>
    public ChaosTrigger[] Triggers { get; private set; } = [];

    /// <summary>Whether each panic keeps to the client's rate budget.</summary>
    public bool KeepsToRate => Array.TrueForAll(Triggers, trigger => trigger.Options is null or { RespectRateBudget: true });

    public static ChaosBookPlan Draw(Random random, ChaosOrderKind[] orders, int length)
    {
        var plan = new ChaosBookPlan(random, orders.Length);
        var steps = new List<ChaosBookStep>();
        for (var order = 0; order < orders.Length; order++)
        {
            if (random.Next(2) == 0)
            {
                _ = plan.Orders.Add(order);
                DrawOrder(random, order, orders[order], length, steps);
            }
        }

        // Stable: what is done to an order at one time is done in the order of the drawing.
        plan.Steps = [.. steps.OrderBy(step => step.AtMilliseconds)];
        plan.Triggers = DrawTriggers(random, length);
        return plan;
    }

    public override string ToString() =>
        $"book of {Orders.Count} orders, room {Capacity}, {WhenLatched} when latched{(InFile ? ", in a file" : string.Empty)}, "
        + string.Join(
            ' ', Triggers.Select(trigger => $"{trigger.AtMilliseconds}:{(trigger.Scope is { } scope ? $"Panic({scope})" : "Reset")}"));

    private static void DrawOrder(Random random, int order, ChaosOrderKind kind, int length, List<ChaosBookStep> steps)
    {
        var at = random.Next(10) < 6 ? -1 : random.Next(length);
        steps.Add(Arm(random, order, at));
        if (kind is ChaosOrderKind.Ours or ChaosOrderKind.OfAnother && random.Next(2) == 0)
        {
            steps.Add(new ChaosBookStep(at, ChaosBookDeed.MarkLive, order));
        }

        for (var more = random.Next(10); more < 3; more++)
        {
            at = random.Next(Math.Max(0, at), length);
            steps.Add(random.Next(20) switch
            {
                < 9 => new ChaosBookStep(at, ChaosBookDeed.Disarm, order),
                9 => new ChaosBookStep(at, ChaosBookDeed.Forget, order),
                _ => Arm(random, order, at), // another tag, or again
            });
        }
    }

    private static ChaosBookStep Arm(Random random, int order, int at) =>
        new(at, ChaosBookDeed.Arm, order, (ulong)random.Next(Tags), random.Next(CancelBook.Priorities));

    private static ChaosTrigger[] DrawTriggers(Random random, int length)
    {
        var triggers = new List<ChaosTrigger>();
        var keepsToRate = random.Next(4) != 0;
        for (var panics = random.Next(1, 5); panics > 0; panics--)
        {
            var bits = (ulong)random.Next(4);
            var options = new PanicOptions
            {
                Timeout = random.Next(4) == 0 ? Wait.Long : TimeSpan.FromMilliseconds(random.Next(1, 1500)),
                Sharing = random.Next(2) == 0 ? PanicSharing.Shard : PanicSharing.Broadcast,
                RespectRateBudget = keepsToRate || random.Next(2) == 0,
            };
            triggers.Add(new ChaosTrigger(random.Next(length), new BookScope(bits, bits & (ulong)random.Next(4)), options));
        }

        for (var resets = random.Next(3); resets > 0; resets--)
        {
            triggers.Add(new ChaosTrigger(random.Next(length), null, null));
        }

        return [.. triggers.OrderBy(trigger => trigger.AtMilliseconds)];
    }
}
