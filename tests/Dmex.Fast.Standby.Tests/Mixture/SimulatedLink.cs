using System.Runtime.CompilerServices;
using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>A process's link to the simulated cluster. Everything completes in the process, in virtual time.</summary>
internal sealed class SimulatedLink : IStandbyLink
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly SimulatedCluster _cluster;
    private readonly WitnessTable _witnesses = new(SimulatedCluster.Servers);
    private readonly List<(StandbyChannel Channel, Action<ReadOnlySpan<byte>> Handler)> _handlers = [];
    private TaskCompletionSource _more = new();

    public SimulatedLink(SimulatedCluster cluster, SimulatedHost host)
    {
        _cluster = cluster;
        Host = host;
        cluster.Add(this);
    }

    public SimulatedHost Host { get; }

    public StandbyLinkTraits Traits => new(LiveWithoutQuorum: true, Durable: true, SingleWriter: true, SimulatedCluster.Servers);

    public int TrySend(StandbyChannel channel, ReadOnlySpan<byte> payload)
    {
        var message = payload.ToArray();
        var paths = channel == StandbyChannel.Beat ? SimulatedCluster.Servers : 2;
        return Enumerable.Range(0, paths).Count(path => _cluster.Send(Host, path, channel, message));
    }

    public IDisposable Subscribe(StandbyChannel channel, Action<ReadOnlySpan<byte>> handler)
    {
        _handlers.Add((channel, handler));
        return new Subscription();
    }

    public void Receive(StandbyChannel channel, byte[] message)
    {
        foreach (var (subscribed, handler) in _handlers)
        {
            if (subscribed == channel)
            {
                handler(message);
            }
        }
    }

    public ValueTask<ulong> AppendAsync(
        StandbyStreamKind kind, ReadOnlyMemory<byte> payload, ulong? expectedLast, CancellationToken cancellationToken)
    {
        var bytes = payload.ToArray();
        return Ask(() => _cluster.Append(kind, bytes, expectedLast), last => last
            ?? throw new StandbyAppendConflictException(expectedLast!.Value), _cluster.DiskTime);
    }

    public ValueTask<ulong> GetLastSequenceAsync(CancellationToken cancellationToken) =>
        Ask<ulong?>(() => _cluster.Last, last => last!.Value);

    public async IAsyncEnumerable<StandbyStreamRecord> ReadAsync(ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_cluster.ReachesStream(Host) && _cluster.Last + 1 < from)
            {
                throw new StandbyLinkException("The stream ends before: read it from the start.");
            }

            if (_cluster.ReachesStream(Host) && _cluster.Find(from) is { } record)
            {
                from = record.Sequence + 1;
                yield return record;
                continue;
            }

            _more = new TaskCompletionSource();
            var more = _more;
            Host.Run(TimeSpan.FromMilliseconds(100), () => more.TrySetResult());
            await more.Task.ConfigureAwait(false);
        }
    }

    public void WakeReaders() => _more.TrySetResult();

    public async ValueTask PurgeBelowAsync(ulong sequence, CancellationToken cancellationToken) => _ = await Ask<ulong?>(
        () =>
        {
            _cluster.PurgeBelow(sequence);
            return 0;
        },
        done => done!.Value).ConfigureAwait(false);

    public void AskWitnesses()
    {
        var askedAt = Host.GetTimestamp();
        for (var i = 0; i < SimulatedCluster.Servers; i++)
        {
            var server = i;
            if (_cluster.Reaches(Host, server))
            {
                _cluster.World.Schedule(_cluster.Latency(), () =>
                {
                    if (_cluster.Reaches(Host, server))
                    {
                        Host.Run(_cluster.Latency(), () => _witnesses.Answered(server, $"server {server}", askedAt));
                    }
                });
            }
        }
    }

    public int WitnessesSince(long timestamp) => _witnesses.CountSince(timestamp);

    public ValueTask DisposeAsync()
    {
        _cluster.Remove(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks the leader; the question or the answer may be lost.</summary>
    private ValueTask<ulong> Ask<T>(Func<T> question, Func<T, ulong> toResult, TimeSpan work = default)
    {
        var source = new TaskCompletionSource<ulong>();
        void Fail() => source.TrySetException(new StandbyLinkException("No answer in time."));
        _cluster.World.Schedule(_cluster.Latency() + _cluster.Latency() + work, () =>
        {
            if (!_cluster.ReachesStream(Host) || Host.IsKilled || _cluster.Random.Next(300) == 0)
            {
                Host.Run(Timeout, Fail);
                return;
            }

            var answer = question();
            if (_cluster.Random.Next(300) == 0)
            {
                Host.Run(Timeout, Fail);
                return;
            }

            Host.Run(_cluster.Latency(), () =>
            {
                ulong result;
                try
                {
                    result = toResult(answer);
                }
                catch (StandbyLinkException e)
                {
                    _ = source.TrySetException(e);
                    return;
                }

                _ = source.TrySetResult(result);
            });
        });
        return new ValueTask<ulong>(source.Task);
    }

    private sealed class Subscription : IDisposable
    {
        public void Dispose()
        {
            // The process that subscribed ends with its link.
        }
    }
}
