using System.Buffers.Binary;
using System.Collections.Concurrent;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>What the tests on the shared cluster have in common: every server runs and the book is new when a test begins.</summary>
public abstract class NatsClusterTests(NatsTestCluster cluster) : IAsyncLifetime
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(90));

    protected NatsTestCluster Cluster { get; } = cluster;

    protected string Book { get; private set; } = "";

    protected CancellationToken Token => _timeout.Token;

    public async ValueTask InitializeAsync()
    {
        await Cluster.StartAsync();
        Book = Cluster.NewBook();
    }

    public ValueTask DisposeAsync()
    {
        _timeout.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    protected static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    protected static int Number(byte[] bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    protected static ConcurrentQueue<byte[]> Receive(NatsStandbyLink link, StandbyChannel channel)
    {
        var messages = new ConcurrentQueue<byte[]>();
        _ = link.Subscribe(channel, payload => messages.Enqueue(payload.ToArray()));
        return messages;
    }

    protected Task<NatsStandbyLink> EngineAsync() => Cluster.OpenAsync(Book, NatsStandbyRole.Engine, Token);

    protected Task<NatsStandbyLink> StandbyAsync() => Cluster.OpenAsync(Book, NatsStandbyRole.Standby, Token);

    /// <summary>Sends markers until as many copies of one as there are paths have come, and clears them.</summary>
    protected async Task SubscribedAsync(NatsStandbyLink sender, StandbyChannel channel, ConcurrentQueue<byte[]> messages, int copies)
    {
        for (var marker = 0; ; marker++)
        {
            _ = sender.TrySend(channel, Number(marker));
            await Task.Delay(50, Token);
            if (messages.Count(message => message.Length == 4 && Number(message) == marker) >= copies)
            {
                messages.Clear();
                return;
            }
        }
    }

    protected async Task<List<StandbyStreamRecord>> ReadAsync(NatsStandbyLink link, ulong from, int count)
    {
        var records = new List<StandbyStreamRecord>();
        await foreach (var record in link.ReadAsync(from, Token))
        {
            records.Add(record with { Payload = record.Payload.ToArray() });
            if (records.Count == count)
            {
                break;
            }
        }

        return records;
    }

    protected async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(20, Token);
        }
    }
}
