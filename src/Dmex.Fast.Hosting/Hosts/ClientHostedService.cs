using Microsoft.Extensions.Hosting;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>Makes the client when the host starts, so that it connects before the first cancel, and ends it when the host stops.</summary>
internal sealed class ClientHostedService(ClientHost host) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = DmexClient.WarmUp();
        return Task.CompletedTask;
    }

    // Not the host's token: a panic has its own time.
    public Task StopAsync(CancellationToken cancellationToken) => host.EndAsync();
}
