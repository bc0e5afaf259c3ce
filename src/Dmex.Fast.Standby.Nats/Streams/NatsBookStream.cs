using System.Globalization;
using System.Runtime.CompilerServices;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Subjects;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Dmex.Fast.Standby.Nats.Streams;

/// <summary>The durable stream of a book, through whichever of its servers answers. Thread-safe.</summary>
internal sealed class NatsBookStream
{
    private const int WrongLastSequence = 10071;
    private const int StreamNotFound = 10059;
    private const int NoResponders = 503;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReadRetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly NatsRawSerializer<ReadOnlyMemory<byte>> Raw = NatsRawSerializer<ReadOnlyMemory<byte>>.Default;

    private readonly NatsServerPath[] _paths;
    private readonly NatsJSContext[] _contexts;
    private readonly NatsNames _names;
    private readonly NatsStandbyOptions _options;
    private int _preferred;
    private volatile bool _isThere;

    public NatsBookStream(NatsServerPath[] paths, NatsNames names, NatsStandbyOptions options)
    {
        _paths = paths;
        _contexts = [.. paths.Select(path => new NatsJSContext(path.Connection))];
        _names = names;
        _options = options;
    }

    public async ValueTask<ulong> AppendAsync(
        StandbyStreamKind kind,
        ReadOnlyMemory<byte> payload,
        ulong? expectedLast,
        CancellationToken cancellationToken)
    {
        var subject = _names.Durable(kind);
        var started = _options.TimeProvider.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await EnsureAsync(cancellationToken).ConfigureAwait(false);
            if (await TryAppendAsync(subject, payload, expectedLast, cancellationToken).ConfigureAwait(false) is { } sequence)
            {
                return sequence;
            }

            // Nobody took it, so nobody will have: it may be tried again until there is a leader.
            _isThere = false;
            if (_options.TimeProvider.GetElapsedTime(started) > _options.ElectionTimeout)
            {
                throw new StandbyLinkException(
                    $"Not appended: the stream {_names.Stream} had no leader for {_options.ElectionTimeout}; a majority of its servers is "
                    + "needed. Start the servers that are down, and append again.");
            }

            await Task.Delay(RetryDelay, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<ulong> GetLastSequenceAsync(CancellationToken cancellationToken) =>
        await GetStateAsync(cancellationToken).ConfigureAwait(false) is { } state ? state.LastSeq : 0;

    public ValueTask PurgeBelowAsync(ulong sequence, CancellationToken cancellationToken) => new(CallAsync(
        async (context, token) => await context
            .PurgeStreamAsync(_names.Stream, new StreamPurgeRequest { Seq = sequence }, token)
            .ConfigureAwait(false),
        cancellationToken));

    public async IAsyncEnumerable<StandbyStreamRecord> ReadAsync(
        ulong from,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Math.Max(from, 1);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = await WaitForReadableAsync(next, cancellationToken).ConfigureAwait(false);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, path.UntilDisconnected);
            var messages = Consume(path, next, ends.Token).GetAsyncEnumerator(ends.Token);
            await using var ended = messages.ConfigureAwait(false);
            while (await MoveNextAsync(messages).ConfigureAwait(false))
            {
                var message = messages.Current;
                using var payload = message.Data;
                next = message.Metadata!.Value.Sequence.Stream + 1;
                if (NatsNames.TryGetKind(message.Subject, out var kind))
                {
                    yield return new StandbyStreamRecord(next - 1, kind, payload.Memory);
                }
            }

            Avoid(path);
        }
    }

    /// <returns>Null: it was certainly not appended, as the stream has no leader now.</returns>
    private async ValueTask<ulong?> TryAppendAsync(
        string subject,
        ReadOnlyMemory<byte> payload,
        ulong? expectedLast,
        CancellationToken cancellationToken)
    {
        var path = Choose();
        var problem = path.Problem;
        var headers = expectedLast is { } expected
            ? new NatsHeaders { ["Nats-Expected-Last-Sequence"] = expected.ToString(CultureInfo.InvariantCulture) }
            : null;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, path.UntilDisconnected);
        try
        {
            var reply = await path.Connection.RequestAsync(
                subject,
                payload,
                headers,
                requestSerializer: Raw,
                replySerializer: NatsJSJsonSerializer<PubAckResponse>.Default,
                replyOpts: new NatsSubOpts { Timeout = _options.RequestTimeout, ThrowIfNoResponders = false },
                cancellationToken: ends.Token).ConfigureAwait(false);
            if (reply.HasNoResponders)
            {
                Avoid(path);
                return null;
            }

            return Accept(reply.Data, expectedLast);
        }
        catch (NatsPayloadTooLargeException e)
        {
            throw new StandbyLinkException($"Not appended: {e.Message}. Let the servers take 2 MB (max_payload: 2MB).", e);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (NatsServerPath.IsFailure(e))
        {
            Avoid(path);
            throw Unanswered(path, subject, problem, e);
        }
    }

    private ulong Accept(PubAckResponse? reply, ulong? expectedLast)
    {
        if (reply?.Error is { } error)
        {
            throw error.ErrCode == WrongLastSequence && expectedLast is { } expected
                ? new StandbyAppendConflictException(expected)
                : new StandbyLinkException(
                    $"Not appended: the stream {_names.Stream} refused it: {error.Description} (error {error.ErrCode}).");
        }

        return reply?.Seq is > 0 and var sequence
            ? sequence
            : throw new StandbyLinkException($"The stream {_names.Stream} gave no sequence: read it to see whether the record is there.");
    }

    private static StandbyLinkException Unanswered(NatsServerPath path, string subject, string? problemBefore, Exception cause)
    {
        // The server tells a refusal apart from the request, and never answers the request itself.
        var problem = path.Problem;
        return problem is not null && !ReferenceEquals(problem, problemBefore) && problem.Contains(subject, StringComparison.Ordinal)
            ? new StandbyLinkException(
                $"Not appended: {path.Address} refused it: {problem}. The role's permissions do not allow it.", cause)
            : new StandbyLinkException(
                $"{path.Address} did not answer: nobody knows whether the record was appended. "
                + "Read the stream's end before it is appended again.",
                cause);
    }

    /// <summary>The engine makes the stream where it is missing, and refuses one that is kept on fewer servers than it was told.</summary>
    private async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        if (_isThere || _options.Role != NatsStandbyRole.Engine)
        {
            return;
        }

        await CallAsync(
            async (context, token) =>
            {
                try
                {
                    var stream = await context.GetStreamAsync(_names.Stream, cancellationToken: token).ConfigureAwait(false);
                    CheckReplicas(stream.Info);
                }
                catch (NatsJSApiException e) when (e.Error.ErrCode == StreamNotFound)
                {
                    _ = await context.CreateStreamAsync(Configure(), token).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
        _isThere = true;
    }

    private void CheckReplicas(StreamInfo info)
    {
        if (info.Config.NumReplicas < _options.Replicas)
        {
            throw new StandbyLinkException(
                $"The stream {_names.Stream} is kept on {info.Config.NumReplicas} server(s), not on {_options.Replicas}: "
                + $"'nats stream edit {_names.Stream} --replicas {_options.Replicas}', "
                + $"or set {nameof(_options.Replicas)} to what is meant.");
        }
    }

    private StreamConfig Configure() => new(_names.Stream, [_names.StreamSubjects])
    {
        NumReplicas = _options.Replicas,
        Storage = StreamConfigStorage.File,
        MaxBytes = _options.MaxStreamBytes,

        // Nothing is lost silently: a full stream refuses, and only a purge below a snapshot removes.
        Discard = StreamConfigDiscard.New,
        DenyDelete = true,
    };

    /// <returns>Null: there is no stream yet.</returns>
    private async ValueTask<StreamState?> GetStateAsync(CancellationToken cancellationToken)
    {
        StreamState? state = null;
        await EnsureAsync(cancellationToken).ConfigureAwait(false);
        await CallAsync(
            async (context, token) =>
            {
                try
                {
                    state = (await context.GetStreamAsync(_names.Stream, cancellationToken: token).ConfigureAwait(false)).Info.State;
                }
                catch (NatsJSApiException e) when (e.Error.ErrCode == StreamNotFound)
                {
                    state = null;
                }
            },
            cancellationToken).ConfigureAwait(false);
        return state;
    }

    /// <summary>Asks the cluster something that may be asked again: of each server in turn, until one answers or the time is up.</summary>
    private async Task CallAsync(Func<NatsJSContext, CancellationToken, ValueTask> call, CancellationToken cancellationToken)
    {
        var started = _options.TimeProvider.GetTimestamp();
        while (true)
        {
            var path = Choose();
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, path.UntilDisconnected);
            ends.CancelAfter(_options.RequestTimeout);
            try
            {
                await call(_contexts[path.Index], ends.Token).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (NatsJSApiException e) when (e.Error.Code != NoResponders)
            {
                throw new StandbyLinkException($"The cluster refused a request about the stream {_names.Stream}: {e.Message}", e);
            }
            catch (Exception e) when (NatsServerPath.IsFailure(e))
            {
                Avoid(path);
                if (_options.TimeProvider.GetElapsedTime(started) > _options.ElectionTimeout)
                {
                    throw new StandbyLinkException(
                        $"The stream {_names.Stream} did not answer for {_options.ElectionTimeout}: {Describe()}. "
                        + "A majority of its servers is needed, and the role's permission to ask.",
                        e);
                }
            }

            await Task.Delay(RetryDelay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a server is connected and the stream is there.</summary>
    /// <exception cref="StandbyLinkException">The stream ends before what has been read.</exception>
    private async ValueTask<NatsServerPath> WaitForReadableAsync(ulong next, CancellationToken cancellationToken)
    {
        while (true)
        {
            StreamState? state = null;
            try
            {
                state = await GetStateAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (StandbyLinkException)
            {
                // No leader now: it is looked for again.
            }

            if (state is not null && state.LastSeq + 1 < next)
            {
                throw new StandbyLinkException(
                    $"The stream {_names.Stream} ends with {state.LastSeq}, before {next} from which it was to be read: "
                    + "the cluster lost records. Read it from the start.");
            }

            if (state is not null && TryChoose() is { } path)
            {
                return path;
            }

            await Task.Delay(ReadRetryDelay, cancellationToken).ConfigureAwait(false);
        }
    }

    private IAsyncEnumerable<INatsJSMsg<NatsMemoryOwner<byte>>> Consume(
        NatsServerPath path,
        ulong next,
        CancellationToken cancellationToken)
    {
        var consumer = new NatsJSOrderedConsumer(
            _names.Stream,
            _contexts[path.Index],
            new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = next },
            cancellationToken);
        return consumer.ConsumeAsync<NatsMemoryOwner<byte>>(
            opts: new NatsJSConsumeOpts { MaxMsgs = 500, IdleHeartbeat = TimeSpan.FromSeconds(1), Expires = TimeSpan.FromSeconds(5) },
            cancellationToken: cancellationToken);
    }

    /// <returns>False: this consumer delivers no more, and another is needed.</returns>
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<INatsJSMsg<NatsMemoryOwner<byte>>> messages)
    {
        try
        {
            return await messages.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (NatsServerPath.IsFailure(e))
        {
            return false;
        }
    }

    private NatsServerPath Choose() => TryChoose()
        ?? throw new StandbyLinkException($"No server of the cluster is connected: {Describe()}. They are connected again by themselves.");

    private NatsServerPath? TryChoose()
    {
        var preferred = Volatile.Read(ref _preferred);
        for (var i = 0; i < _paths.Length; i++)
        {
            var path = _paths[(preferred + i) % _paths.Length];
            if (path.IsOpen)
            {
                return path;
            }
        }

        return null;
    }

    private void Avoid(NatsServerPath path) =>
        _ = Interlocked.CompareExchange(ref _preferred, (path.Index + 1) % _paths.Length, path.Index);

    private string Describe() => string.Join("; ", _paths.Select(path =>
        path.IsOpen ? $"{path.Address} connected" : $"{path.Address}: {path.Problem ?? "not connected"}"));
}
