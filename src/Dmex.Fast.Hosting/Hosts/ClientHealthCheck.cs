using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>
/// Healthy while every connection is ready, degraded while some are or the book is latched, unhealthy while none is: with why and since
/// when.
/// </summary>
internal sealed class ClientHealthCheck(ClientHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var client = host.Client;
        var connections = client.Connections;
        var down = connections.Where(connection => connection.State != ConnectionState.Ready).ToList();
        var isLatched = client.State is not (ConnectionState.Closing or ConnectionState.Closed) && client.Book is { IsLatched: true };
        Dictionary<string, object> data = new(StringComparer.Ordinal)
        {
            ["ready"] = connections.Count - down.Count,
            ["connections"] = connections.Count,
            ["inFlight"] = client.InFlight,
            ["droppedNotices"] = client.DroppedNotices,
            ["latched"] = isLatched,
        };
        List<string> reasons = [.. down.Select(Reason)];
        foreach (var connection in connections)
        {
            data[$"connection{connection.ConnectionId}"] = Described(connection);
        }

        if (client.Fence is { } fence)
        {
            reasons.Add($"a standby has fired the book ({fence}): look at the venue's open orders, then ResumeAsync");
        }

        if (isLatched)
        {
            reasons.Add("the book is latched by a panic: orders armed in its scope are canceled at once, until Reset");
        }

        var status = down.Count == connections.Count ? context.Registration.FailureStatus
            : reasons.Count > 0 ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        var description = reasons.Count == 0 ? $"{connections.Count} connections are ready." : string.Join("; ", reasons) + ".";
        return Task.FromResult(new HealthCheckResult(status, description, exception: null, data));
    }

    private string Reason(ConnectionStatus connection)
    {
        var why = connection.LastFailure?.Message ?? connection.LastLoss?.Description ?? "not connected yet";
        return $"connection {connection.ConnectionId} is {Described(connection)}: {why.TrimEnd('.')}";
    }

    private string Described(ConnectionStatus connection)
    {
        var since = host.Since(connection.ConnectionId).ToString("u", CultureInfo.InvariantCulture);
        return connection.State == ConnectionState.Ready ? $"ready since {since}" : $"not ready since {since} ({connection.State})";
    }
}
