using System.Globalization;
using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>A session at a venue of the user's choice, with the user's own orders: each is canceled once, signed on the spot.</summary>
internal static class ForeignSession
{
    /// <summary>Cancels the orders at the plan's rate, until they or the time run out.</summary>
    /// <param name="plan">The load.</param>
    /// <param name="connect">Connects with the plan's options, in the name of the orders' owner.</param>
    /// <param name="orders">Each is canceled, in this order.</param>
    /// <param name="progress">Where to say how far it is.</param>
    /// <param name="cancellationToken">Ends it between two cancels; what is known of those before is reported.</param>
    public static async Task<(OpenLoopReport Report, List<SessionResult> Results)> RunAsync(
        LatencyPlan plan, Func<CancellationToken, Task<DmexClient>> connect, List<OrderHash> orders, ILabProgress progress,
        CancellationToken cancellationToken)
    {
        progress.Stage("Connecting");
        var samples = new CancelSamples([.. orders.Take(plan.Orders)]);
        _ = DmexClient.WarmUp();
        await using var way = new SignedWay(await connect(cancellationToken));
        using var loop = new OpenLoop();
        progress.Stage(string.Create(CultureInfo.InvariantCulture, $"Canceling for {plan.Duration.TotalSeconds:0.#} s"));
        var period = PreciseClock.Ticks(plan.Period);
        try
        {
            loop.Run(way, samples, samples.Orders.Length, period, plan.Cold is null ? 0 : period, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            progress.Warn(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Interrupted: {samples.Count:N0} of {samples.Orders.Length:N0} cancels were begun, and what follows is about those."));
        }

        var result = Session.Conclude(way, samples, audit: null, receipts: null, earlierFailure: null, ours: null);
        return (new OpenLoopReport(
            plan.Cold is null ? plan.Rate : null, plan.Cold?.TotalSeconds, plan.Ping?.TotalSeconds, plan.Duration.TotalSeconds, 0, 1, 0,
            EmbeddedVenue: false, [result.Report]), [result]);
    }
}
