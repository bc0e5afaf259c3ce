using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <content>The draws.</content>
internal sealed partial class ChaosPlan
{
    private const int ShortestPhase = 40;
    private const int MaxPhase = 200;

    private static readonly int[] CloseCodes = [1000, 1001, 1008, 1011, 1012, 1013, 4000];

    /// <summary>Draws a scenario.</summary>
    public static ChaosPlan Draw(int seed)
    {
        var random = new Random(seed);
        var plan = new ChaosPlan(seed)
        {
            Ending = random.Next(100) switch
            {
                < 76 => ChaosEnding.Heals,
                < 88 => ChaosEnding.HealsWithoutErrorHashes,
                < 92 => ChaosEnding.NeverAnswers,
                < 95 => ChaosEnding.StaysHalfOpen,
                _ => ChaosEnding.NeverNamesOrders,
            },
            Tls = random.Next(6) == 0,
            Connections = random.Next(1, 4),
            Policy = random.Next(3) == 0 ? ConnectionPolicy.Broadcast : ConnectionPolicy.Primary,
            Threads = random.Next(1, 5),
            MaxResendsPerOrder = random.Next(8) == 0 ? random.Next(0, 4) : 60,
            MaxResendsPerSecond = random.Next(4) == 0 ? 200 : 5000,
            Budget = random.Next(4) != 0 ? null : new RateBudgetOptions
            {
                FramesPerSecond = random.Next(200, 2000),
                Burst = random.Next(5, 100),
                PanicReserve = random.Next(2) * random.Next(50),
            },
            // Long beside what a busy machine takes for a pong: judged silent is who says nothing.
            PongMilliseconds = random.Next(1000, 2001),
            SendBufferSize = random.Next(3) == 0 ? 1024 : 32 * 1024,
            SocketBufferSize = random.Next(4) == 0 ? 4096 : null,
        };
        var orders = random.Next(5) == 0 ? random.Next(400, 1001) : random.Next(80, 250);
        plan.InFlightCapacity = random.Next(8) == 0 && plan.Ending == ChaosEnding.Heals ? Math.Max(8, orders / 4) : 2048;
        plan.Venue = DrawVenue(random, plan, seed);
        plan.Orders = DrawOrders(random, orders, plan.Venue.Verification);
        var length = plan.DrawPhases(random);
        plan.Book = random.Next(3) == 0 ? null : ChaosBookPlan.Draw(random, plan.Orders, length);
        plan.DrawAsks(random, length);
        return plan;
    }

    private static VenueOptions DrawVenue(Random random, ChaosPlan plan, int seed) => new()
    {
        Faults = plan.Silent,
        // Nobody else's path: a client that comes to another venue which has taken the port meanwhile is sent away.
        Path = $"/chaos-{seed}",
        Tls = plan.Tls,
        Verification = random.Next(2) == 0 ? VenueVerification.Inline : VenueVerification.Deferred,
        UpperCaseHashes = random.Next(3) == 0,
        PushOrderEvents = random.Next(2) == 0,
        ErrorsWithoutHash = plan.Ending == ChaosEnding.HealsWithoutErrorHashes,
        ReplyWithoutHash = plan.Ending == ChaosEnding.NeverNamesOrders,
        KeepAliveInterval = random.Next(3) == 0 ? TimeSpan.FromMilliseconds(30) : null,
        RateLimit = random.Next(5) != 0 ? null : new VenueRateLimit
        {
            MessagesPerSecond = random.Next(400, 2000),
            Burst = random.Next(1, 100),
            PerAccount = random.Next(2) == 0,
            BanAfter = random.Next(4) == 0 ? 200 : null,
            BanDuration = TimeSpan.FromMilliseconds(100),
        },
        ServiceRate = random.Next(6) == 0 ? random.Next(1000, 4000) : null,
    };

    private static ChaosOrderKind[] DrawOrders(Random random, int count, VenueVerification verification) =>
    [
        .. Enumerable.Range(0, count).Select(_ => random.Next(100) switch
        {
            < 84 => ChaosOrderKind.Ours,
            < 92 => ChaosOrderKind.Late,
            < 96 => ChaosOrderKind.Unknown,
            // A venue that verifies later cancels whatever it is told to.
            _ => verification == VenueVerification.Inline ? ChaosOrderKind.OfAnother : ChaosOrderKind.Ours,
        }),
    ];

    /// <summary>Draws what is done to the venue; gives the length in milliseconds.</summary>
    private int DrawPhases(Random random)
    {
        var steps = new List<ChaosStep>();
        var at = random.Next(3) == 0 ? 20 : 0;
        for (var phases = random.Next(2, 6); phases > 0; phases--)
        {
            var faults = DrawFaults(random);
            var end = at + random.Next(ShortestPhase, MaxPhase)
                + (faults.StopReading && random.Next(2) == 0 ? PongMilliseconds + 100 : 0);
            steps.Add(new ChaosStep(at, ChaosDeed.SetFaults, Faults: faults));
            for (var incidents = random.Next(3) + (faults.RefuseHandshake is null ? 0 : 1); incidents > 0; incidents--)
            {
                steps.Add(new ChaosStep(random.Next(at, end), DrawIncident(random)));
            }

            at = end;
        }

        steps.Add(new ChaosStep(at, ChaosDeed.SetFaults, Faults: LastFaults(random.Next())));
        for (var i = 0; i < Orders.Length; i++)
        {
            if (Orders[i] == ChaosOrderKind.Late)
            {
                steps.Add(new ChaosStep(random.Next(at), ChaosDeed.OpenLate, i));
            }
            else if (Orders[i] == ChaosOrderKind.Ours && random.Next(30) == 0)
            {
                steps.Add(new ChaosStep(random.Next(at), Heals && random.Next(3) == 0 ? ChaosDeed.CancelByOperator : ChaosDeed.Fill, i));
            }
        }

        Steps = [.. steps.OrderBy(step => step.AtMilliseconds)];
        return at;
    }

    /// <summary>A venue that is silent in the end is so from the start: then no claim is true.</summary>
    private VenueFaults Silent => VenueFaults.None with { NeverAnswer = Ending is ChaosEnding.NeverAnswers or ChaosEnding.StaysHalfOpen };

    private VenueFaults LastFaults(int seed) => Ending switch
    {
        ChaosEnding.NeverAnswers => Silent with { Seed = seed },
        ChaosEnding.StaysHalfOpen => Silent with { Seed = seed, StopReading = true },
        _ => VenueFaults.None,
    };

    private ChaosDeed DrawIncident(Random random) => random.Next(6) switch
    {
        0 => ChaosDeed.CloseConnections,
        // Each start of a venue makes a certificate of its own, and a client trusts one.
        1 when !Tls => ChaosDeed.Restart,
        2 => ChaosDeed.Mention,
        _ => ChaosDeed.ResetConnections,
    };

    private VenueFaults DrawFaults(Random random)
    {
        var faults = Silent with { Seed = random.Next() };
        for (var kinds = random.Next(1, 5); kinds > 0; kinds--)
        {
            faults = DrawFault(random, faults);
        }

        return faults;
    }

    private static VenueFaults DrawFault(Random random, VenueFaults faults)
    {
        var often = 0.05 + (random.NextDouble() * 0.45);
        var seldom = 0.002 + (random.NextDouble() * 0.03);
        var delay = TimeSpan.FromMilliseconds(random.Next(1, random.Next(4) == 0 ? 150 : 30));
        return random.Next(14) switch
        {
            0 => faults with { LoseRequestProbability = often },
            1 => faults with { DropReplyProbability = often },
            2 => faults with { DuplicateReplyProbability = often },
            3 => faults with { CloseProbability = seldom, CloseCode = CloseCodes[random.Next(CloseCodes.Length)] },
            4 => faults with { ResetProbability = seldom },
            5 => faults with { GarbageProbability = often },
            6 => faults with { BusyProbability = often },
            7 => faults with { FillRaceProbability = often },
            8 => faults with { MaxDelay = delay },
            9 => faults with { MaxDelay = delay, ReorderReplies = true },
            10 => faults with { FragmentReplies = true },
            11 => faults with { StopReading = true },
            12 => faults with { NeverAnswer = true },
            _ => faults with
            {
                RefuseHandshake = new VenueRefusal
                {
                    StatusCode = random.Next(2) == 0 ? 503 : 429,
                    RetryAfter = random.Next(10) == 0 ? TimeSpan.FromSeconds(1) : null,
                },
            },
        };
    }

    private void DrawAsks(Random random, int length)
    {
        var asks = Enumerable.Range(0, Threads).Select(_ => new List<ChaosAsk>()).ToArray();
        var isBurst = random.Next(3) == 0;
        for (var order = 0; order < Orders.Length; order++)
        {
            var isLeftToPanics = Book is not null && Book.Orders.Contains(order) && random.Next(4) != 0;
            var times = isLeftToPanics ? 0 : random.Next(10) == 0 ? 2 : 1;
            for (var i = 0; i < times; i++)
            {
                var at = isBurst ? random.Next(length / 10) : random.Next(length);
                var timeout = random.Next(4) switch { 0 => random.Next(5, 100), 1 => Timeout.Infinite, _ => random.Next(200, 3000) };
                var token = random.Next(15) == 0 ? random.Next(0, 100) : -1;
                asks[random.Next(Threads)].Add(new ChaosAsk(order, at, timeout, token));
            }

            if (times == 1 && random.Next(60) == 0)
            {
                _ = Abandoned.Add(order);
            }
        }

        Asks = [.. asks.Select(list => list.OrderBy(ask => ask.AtMilliseconds).ToArray())];
    }
}
