using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Dmex.Fast.Standby.Hosting.Hosts;

/// <summary>
/// Healthy while a standby would fire and nothing is behind, degraded while something is, unhealthy while nobody would fire or the
/// engine is fenced or cut off: with why and since when.
/// </summary>
internal sealed class StandbyHealthCheck(StandbyHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (host.Engine is not { } engine)
        {
            return Task.FromResult(new HealthCheckResult(
                context.Registration.FailureStatus, "The client that is to be guarded is not made yet."));
        }

        var conditions = host.Look();
        var state = engine.State;
        var able = engine.Standbys.Where(standby => StandbyJudgment.IsAble(standby, host.Ttl)).Select(StandbyJudgment.IdOf).ToArray();
        Dictionary<string, object> data = new(StringComparer.Ordinal)
        {
            ["touch"] = state.Touch.ToString(),
            ["generation"] = state.Generation,
            ["latched"] = state.IsLatched,
            ["fence"] = engine.Fence?.Id.ToString("x16", CultureInfo.InvariantCulture) ?? string.Empty,
            ["lagSeconds"] = state.Lag.TotalSeconds,
            ["durableLagSeconds"] = state.DurableLag.TotalSeconds,
            ["wouldFire"] = string.Join(", ", able),
            ["servers"] = host.Servers.Count,
            ["serversConnected"] = host.Servers.Count(server => server.IsConnected),
        };
        var status = conditions.Any(condition => StandbyJudgment.IsUnhealthy(condition.What)) ? context.Registration.FailureStatus
            : conditions.Count > 0 ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        var description = conditions.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{able.Length} standbys would fire; generation {state.Generation}.")
            : string.Join(
                "; ",
                conditions.Select(condition =>
                    $"{condition.Text}, since {condition.Since.ToString("u", CultureInfo.InvariantCulture)}")) + ".";
        return Task.FromResult(new HealthCheckResult(status, description, exception: null, data));
    }
}
