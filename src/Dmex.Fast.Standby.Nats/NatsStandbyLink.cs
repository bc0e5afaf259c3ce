using System.Buffers;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Streams;
using Dmex.Fast.Standby.Nats.Subjects;

namespace Dmex.Fast.Standby.Nats;

/// <summary>
/// A book's link over a NATS cluster: live messages by core NATS, each over two servers at least where there are two (no quorum is
/// needed), the durable stream by JetStream, and every server as a witness. Connections are made again indefinitely. Thread-safe.
/// </summary>
public sealed class NatsStandbyLink : IStandbyLink
{
    /// <summary>The largest live message, in bytes.</summary>
    public const int MaxLiveBytes = 64 << 10;

    /// <summary>By how many servers live records go; everything else goes by all.</summary>
    private const int LivePaths = 2;

    private static readonly StandbyChannel[] Channels = Enum.GetValues<StandbyChannel>();

    private readonly NatsServerPath[] _paths;
    private readonly string[][] _subjects;
    private readonly NatsBookStream _stream;
    private readonly WitnessTable _witnesses;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Subscription> _subscriptions = [];

    private NatsStandbyLink(NatsStandbyOptions options)
    {
        var names = new NatsNames(options.Book);
        var connections = new NatsConnectionOptions(options);
        _paths = [.. options.Servers.Select((server, index) => connections.Open(NatsServerAddress.Parse(server), index))];
        _subjects = [.. Channels.Select(channel => _paths.Select(path => names.Live(channel, path.Index)).ToArray())];
        _stream = new NatsBookStream(_paths, names, options);
        _witnesses = new WitnessTable(_paths.Length);
        Traits = new StandbyLinkTraits(LiveWithoutQuorum: true, Durable: true, SingleWriter: true, _paths.Length);
        NatsServerMetrics.Add(this, options.Book);
    }

    /// <inheritdoc />
    public StandbyLinkTraits Traits { get; }

    /// <summary>What is known of each server, in the configured order.</summary>
    public IReadOnlyList<NatsServerStatus> Servers => [.. _paths.Select(path => path.Status)];

    /// <summary>Opens a link; it connects in the background and needs no server to be there yet.</summary>
    /// <param name="options">Read once, now.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names all of them, each with the remedy.</exception>
    /// <exception cref="IOException">The authority's or the credentials' file could not be read.</exception>
    public static NatsStandbyLink Open(NatsStandbyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new NatsStandbyLink(options);
    }

    /// <summary>Waits until this many servers are connected.</summary>
    /// <exception cref="OperationCanceledException">It was canceled; <see cref="Servers"/> tells what is wrong with which.</exception>
    public async Task WaitForServersAsync(int count, CancellationToken cancellationToken)
    {
        while (_paths.Count(path => path.IsOpen) < count)
        {
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public int TrySend(StandbyChannel channel, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxLiveBytes || (uint)channel >= (uint)_subjects.Length || _disposed.IsCancellationRequested)
        {
            return 0;
        }

        var paths = channel == StandbyChannel.Live ? LivePaths : _paths.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        var message = new ReadOnlyMemory<byte>(buffer, 0, payload.Length);
        var sent = 0;
        var isFree = true;
        foreach (var path in _paths)
        {
            if (sent < paths && path.TryPublish(_subjects[(int)channel][path.Index], message, out var isCopied))
            {
                sent++;
                isFree &= isCopied;
            }
        }

        // A buffer that a stalled connection may still read is left to the collector.
        if (isFree)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return sent;
    }

    /// <inheritdoc />
    public IDisposable Subscribe(StandbyChannel channel, Action<ReadOnlySpan<byte>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        var subscription = new Subscription(this);
        lock (_lock)
        {
            _ = _subscriptions.Add(subscription);
        }

        foreach (var path in _paths)
        {
            // Begun elsewhere: a handler is never called on the subscriber's thread.
            subscription.Add(Task.Run(() => path.ReceiveAsync(_subjects[(int)channel][path.Index], handler, subscription.Ends)));
        }

        return subscription;
    }

    /// <inheritdoc />
    public ValueTask<ulong> AppendAsync(
        StandbyStreamKind kind,
        ReadOnlyMemory<byte> payload,
        ulong? expectedLast,
        CancellationToken cancellationToken) => _stream.AppendAsync(kind, payload, expectedLast, cancellationToken);

    /// <inheritdoc />
    public ValueTask<ulong> GetLastSequenceAsync(CancellationToken cancellationToken) => _stream.GetLastSequenceAsync(cancellationToken);

    /// <inheritdoc />
    /// <exception cref="StandbyLinkException">
    /// The stream ends before <paramref name="from"/>: the cluster lost records. Read it from the start.
    /// </exception>
    public IAsyncEnumerable<StandbyStreamRecord> ReadAsync(ulong from, CancellationToken cancellationToken) =>
        _stream.ReadAsync(from, cancellationToken);

    /// <inheritdoc />
    public ValueTask PurgeBelowAsync(ulong sequence, CancellationToken cancellationToken) =>
        _stream.PurgeBelowAsync(sequence, cancellationToken);

    /// <inheritdoc />
    public void AskWitnesses()
    {
        foreach (var path in _paths)
        {
            path.Ask(_witnesses);
        }
    }

    /// <inheritdoc />
    public int WitnessesSince(long timestamp) => _witnesses.CountSince(timestamp);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        NatsServerMetrics.Remove(this);
        await _disposed.CancelAsync().ConfigureAwait(false);
        Subscription[] subscriptions;
        lock (_lock)
        {
            subscriptions = [.. _subscriptions];
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }

        await Task.WhenAll(_paths.Select(path => path.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Task.WhenAll(subscriptions.Select(subscription => subscription.Ended)).ConfigureAwait(false);
    }

    private sealed class Subscription(NatsStandbyLink link) : IDisposable
    {
        private readonly CancellationTokenSource _ends = new();
        private readonly List<Task> _tasks = [];

        public CancellationToken Ends => _ends.Token;

        public Task Ended => Task.WhenAll(_tasks);

        public void Add(Task task) => _tasks.Add(task);

        public void Dispose()
        {
            _ends.Cancel();
            lock (link._lock)
            {
                _ = link._subscriptions.Remove(this);
            }
        }
    }
}
