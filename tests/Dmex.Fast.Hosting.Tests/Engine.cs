using Dmex.Fast.Signing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dmex.Fast.Hosting.Tests;

#pragma warning disable CA1848, CA1873 // as short as docs/hosting.md shows it

// <example>
internal sealed class Engine(IDmexClient client, IConfiguration configuration, ILogger<Engine> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var order in await File.ReadAllLinesAsync(configuration["Orders"]!, stoppingToken))
        {
            var outcome = await client.CancelAsync(OrderHash.Parse(order), stoppingToken);
            log.LogInformation("{Order}: {Outcome}", order, outcome.Kind);
        }
    }
}
// </example>
