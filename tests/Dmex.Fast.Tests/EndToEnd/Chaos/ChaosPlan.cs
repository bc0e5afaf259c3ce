using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>How a scenario ends.</summary>
internal enum ChaosEnding
{
    /// <summary>The faults heal, and everything is resolved.</summary>
    Heals,

    /// <summary>The faults heal, but errors name no order: what was closed without the client's hearing of it stays unresolved.</summary>
    HealsWithoutErrorHashes,

    /// <summary>The venue acts and never answers.</summary>
    NeverAnswers,

    /// <summary>The venue stops reading for ever.</summary>
    StaysHalfOpen,

    /// <summary>No reply names its order.</summary>
    NeverNamesOrders,
}

/// <summary>What is done to the venue at a time.</summary>
internal enum ChaosDeed
{
    SetFaults,
    ResetConnections,
    CloseConnections,
    Restart,
    Mention,
    OpenLate,
    Fill,
    CancelByOperator,
}

/// <summary>A deed, when it is done (milliseconds from the start), and to what.</summary>
internal sealed record ChaosStep(int AtMilliseconds, ChaosDeed Deed, int Order = -1, VenueFaults? Faults = null);

/// <summary>One call of <see cref="DmexClient.CancelAsync(in Signing.OrderHash, TimeSpan, CancellationToken)"/>.</summary>
/// <param name="Order">The order.</param>
/// <param name="AtMilliseconds">When, from the start.</param>
/// <param name="TimeoutMilliseconds">How long to wait; −1 for ever.</param>
/// <param name="TokenMilliseconds">After how long its token is canceled; −1 for never.</param>
internal sealed record ChaosAsk(int Order, int AtMilliseconds, int TimeoutMilliseconds, int TokenMilliseconds);

/// <summary>What an order is to the venue.</summary>
internal enum ChaosOrderKind
{
    Ours,
    Late,
    Unknown,
    OfAnother,
}

/// <summary>
/// Everything that a seed decides. The threads' timing is not among it: the same seed is the same scenario, not the same run.
/// </summary>
internal sealed partial class ChaosPlan
{
    private ChaosPlan(int seed) => Seed = seed;

    public int Seed { get; }

    public ChaosEnding Ending { get; private set; }

    public bool Tls { get; private set; }

    public int Connections { get; private set; }

    public ConnectionPolicy Policy { get; private set; }

    public VenueOptions Venue { get; private set; } = new();

    public int Threads { get; private set; }

    public int MaxResendsPerOrder { get; private set; }

    public int MaxResendsPerSecond { get; private set; }

    /// <summary>What the client allows itself; null for no limit.</summary>
    public RateBudgetOptions? Budget { get; private set; }

    /// <summary>Orders that are armed ahead of time, and the panics over them; null for none.</summary>
    public ChaosBookPlan? Book { get; private set; }

    public int PongMilliseconds { get; private set; }

    public int SendBufferSize { get; private set; }

    public int? SocketBufferSize { get; private set; }

    public int InFlightCapacity { get; private set; }

    public ChaosOrderKind[] Orders { get; private set; } = [];

    /// <summary>By the thread that asks, in the order of time.</summary>
    public ChaosAsk[][] Asks { get; private set; } = [];

    /// <summary>Orders that are given up after their only ask.</summary>
    public HashSet<int> Abandoned { get; } = [];

    public ChaosStep[] Steps { get; private set; } = [];

    public bool Heals => Ending is ChaosEnding.Heals or ChaosEnding.HealsWithoutErrorHashes;

    /// <summary>Whether few re-sends are allowed, so that the caller has to ask again once the venue is well.</summary>
    public bool AsksAgain => MaxResendsPerOrder < 10;

    public override string ToString() =>
        $"seed {Seed}: {Ending}, {(Tls ? "TLS, " : string.Empty)}{Connections} connections, {Policy}, {Orders.Length} orders, {Threads} "
        + "threads, "
        + $"resends {MaxResendsPerOrder}/{MaxResendsPerSecond} s⁻¹, pong {PongMilliseconds} ms, room {InFlightCapacity}, "
        + (Budget is { } budget ? $"budget {budget.FramesPerSecond} s⁻¹ burst {budget.Burst}+{budget.PanicReserve}, " : string.Empty)
        + (Venue.RateLimit is { } limit
        ? $"limit {limit.MessagesPerSecond} s⁻¹ burst {limit.Burst}{(limit.BanAfter is null ? string.Empty : " ban")}, " : string.Empty)
        + (Venue.ServiceRate is { } rate ? $"serves {rate} s⁻¹, " : string.Empty)
        + (Book is null ? string.Empty : $"{Book}, ")
        + $"steps {string.Join(' ', Steps.Where(step => step.Order < 0).Select(step => $"{step.AtMilliseconds}:{step.Deed}"))}";
}
