using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Subjects;
using NATS.Client.JetStream;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>Which of the servers leads a book's stream.</summary>
internal static class StreamLeader
{
    /// <returns>The server's place in the configured order.</returns>
    public static async Task<int> FindAsync(NatsStandbyOptions options, CancellationToken cancellationToken)
    {
        await using var path = new NatsConnectionOptions(options).Open(NatsServerAddress.Parse(options.Servers[0]), 0);
        await path.Opened.WaitAsync(cancellationToken);
        while (true)
        {
            var stream = await new NatsJSContext(path.Connection).GetStreamAsync(
                new NatsNames(options.Book).Stream, cancellationToken: cancellationToken);
            if (stream.Info.Cluster?.Leader is { Length: > 0 } leader)
            {
                return leader[^1] - '1'; // server-1 is the first
            }

            await Task.Delay(50, cancellationToken);
        }
    }
}
