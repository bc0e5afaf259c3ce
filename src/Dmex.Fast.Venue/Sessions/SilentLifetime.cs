using Microsoft.Extensions.Hosting;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// Takes the place of the host's console lifetime, which would catch Ctrl+C and SIGTERM of the process that embeds the
/// venue.
/// </summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
