using System.Runtime.CompilerServices;
using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>A link to others in this process; its three servers answer, unless it is told otherwise.</summary>
internal sealed class MemoryLink(MemoryHub hub) : IStandbyLink
{
    private long _askedAt;

    /// <summary>What an append waits for; null: for nothing.</summary>
    public Func<StandbyStreamKind, Task>? BeforeAppend { get; init; }

    public StandbyLinkTraits Traits => new(LiveWithoutQuorum: true, Durable: true, SingleWriter: true, Servers: 3);

    /// <summary>Whether beats are lost on the way out.</summary>
    public bool LosesBeats { get; set; }

    /// <summary>Whether no server answers.</summary>
    public bool HasNoWitnesses { get; set; }

    public int TrySend(StandbyChannel channel, ReadOnlySpan<byte> payload)
    {
        if (LosesBeats && channel == StandbyChannel.Beat)
        {
            return 0;
        }

        hub.Send(this, channel, payload.ToArray());
        return 1;
    }

    public IDisposable Subscribe(StandbyChannel channel, Action<ReadOnlySpan<byte>> handler) => hub.Subscribe(this, channel, handler);

    public async ValueTask<ulong> AppendAsync(
        StandbyStreamKind kind, ReadOnlyMemory<byte> payload, ulong? expectedLast, CancellationToken cancellationToken)
    {
        await (BeforeAppend?.Invoke(kind) ?? Task.CompletedTask);
        return hub.Append(kind, payload.ToArray(), expectedLast);
    }

    public ValueTask<ulong> GetLastSequenceAsync(CancellationToken cancellationToken) => new(hub.Last);

    public async IAsyncEnumerable<StandbyStreamRecord> ReadAsync(ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            if (hub.Find(from) is { } record)
            {
                from = record.Sequence + 1;
                yield return record;
                continue;
            }

            await Task.Delay(10, cancellationToken);
        }
    }

    public ValueTask PurgeBelowAsync(ulong sequence, CancellationToken cancellationToken)
    {
        hub.PurgeBelow(sequence);
        return ValueTask.CompletedTask;
    }

    public void AskWitnesses() => Volatile.Write(ref _askedAt, TimeProvider.System.GetTimestamp());

    public int WitnessesSince(long timestamp) => !HasNoWitnesses && Volatile.Read(ref _askedAt) >= timestamp ? 3 : 0;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
