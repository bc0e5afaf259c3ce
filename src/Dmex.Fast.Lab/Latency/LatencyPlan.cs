using System.Runtime;
using Dmex.Fast.Lab.Peers;

namespace Dmex.Fast.Lab.Latency;

/// <summary>What <c>dmex latency</c> was asked for.</summary>
internal sealed record LatencyPlan
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    /// <summary>Cancels begun in a second.</summary>
    public required int Rate { get; init; }

    /// <summary>The length of each session.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>From one cancel (or burst) to the next in place of the rate; null without.</summary>
    public TimeSpan? Cold { get; init; }

    /// <summary>Silence after which our clients ping; null leaves what is usual.</summary>
    public TimeSpan? Ping { get; init; }

    /// <summary>Which library signs in the other ways that run beside ours; null for ours alone.</summary>
    public UsualSigner? Usual { get; init; }

    /// <summary>Whether the client and the venue are kept apart.</summary>
    public bool Pin { get; init; }

    /// <summary>The collector's latency mode; null leaves it.</summary>
    public GCLatencyMode? GcLatency { get; init; }

    /// <summary>Megabytes that another thread allocates in a second; 0 for none.</summary>
    public int Garbage { get; init; }

    /// <summary>Orders of a burst; 0 for sessions.</summary>
    public int Burst { get; init; }

    /// <summary>How often a burst or a first cancel is repeated.</summary>
    public int Repeats { get; init; }

    /// <summary>
    /// Cancels of a turn: a quarter of a second of them. A machine's busy moments last longer than that, so they meet every way.
    /// </summary>
    public int OrdersPerTurn => Math.Max(1, (int)(Turn / Period));

    /// <summary>Turns of each session.</summary>
    public int Turns => (Orders + OrdersPerTurn - 1) / OrdersPerTurn;

    /// <summary>Cancels before each turn that do not count, which bring a way's code and connection back into the caches.</summary>
    public int LeadInOrders => Cold is null ? Math.Clamp(OrdersPerTurn / 10, 1, 20) : 0;

    /// <summary>Cancels of each session.</summary>
    public int Orders => Math.Max(1, (int)Math.Round(Duration / Period));

    /// <summary>From one intended start to the next.</summary>
    public TimeSpan Period => Cold ?? TimeSpan.FromSeconds(1.0 / Rate);
}
