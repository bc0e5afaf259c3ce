using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Diagnostics;
using Dmex.Fast.Standby.Events;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <summary>
/// The engine's side of standbys on other hosts: replicates a book to them, beats while the trading loop pulses, and learns that it was
/// fenced or is cut off, on which it latches the book. Thread-safe. Arming pays for a copy of its record, and waits for nothing.
/// </summary>
public sealed partial class StandbyEngine : IEngineGuard, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly StandbyClusterOptions _options;
    private readonly StandbyKey _key;
    private readonly IStandbyLink _link;
    private readonly CancelBook _book;
    private readonly MonotonicClock _clock;
    private readonly MessageOpener _opener;
    private readonly GenerationReader _reader;
    private readonly EngineIsolation _isolation;
    private readonly StandbyRoster _roster;
    private readonly ReplicationWaits _waits = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _subscriptions = [];
    private readonly EngineMetrics _metrics;
    private readonly TurnGuard _turns;
    private readonly GenerationLog _heard = new();
    private ReplicationLag _lag = new();
    private ReplicationLag _durableLag = new();
    private TimeSpan _lagNow;
    private TimeSpan _durableLagNow;
    private bool _isLagging;
    private EngineLife? _life;
    private UdpBeatSender? _udp;
    private GenerationWriter? _stream;
    private Task _streaming = Task.CompletedTask;
    private long _pulsedAt;
    private ulong _fenceId;
    private GenerationFence? _fence;
    private ulong _resuming;
    private bool _isLatched;
    private bool _isDisposed;

    /// <summary>Creates the engine's side; nothing happens before <see cref="StartAsync"/>.</summary>
    /// <param name="options">The same as the standbys', but for the name.</param>
    /// <param name="key">The key that it shares with them; the caller's, which must outlive this.</param>
    /// <param name="link">To the cluster; the caller's, which must outlive this.</param>
    /// <param name="book">What is replicated; the caller's, which must outlive this.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message says which.</exception>
    public StandbyEngine(
        StandbyClusterOptions options, StandbyKey key, IStandbyLink link, CancelBook book, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(book);
        options.Validate();
        _options = options;
        _key = key;
        _link = link;
        _book = book;
        _clock = new MonotonicClock(timeProvider ?? TimeProvider.System);
        _opener = new MessageOpener(key, options.Book);
        _reader = new GenerationReader(_opener, _clock.Provider);
        _isolation = new EngineIsolation(options.ToDecision(link.Traits.Servers), options.OnEngineIsolated);
        _roster = new StandbyRoster(options.Ttl);
        _turns = new TurnGuard(failed => UserHandlers.Raise(TurnFailed, this, failed), _clock.Provider);
        _ = Pulse();
        _metrics = new EngineMetrics(options, this);
    }

    /// <summary>
    /// Raised on a thread of the pool when the touch, the latch, or whether the standbys lag changed. What it throws is ignored; it must
    /// not block.
    /// </summary>
    public event EventHandler? Changed;

    /// <summary>
    /// Raised on a thread of the pool when a turn of the engine's threads failed, at most once a second; they go on. What it throws is
    /// ignored.
    /// </summary>
    public event EventHandler<TurnFailedEventArgs>? TurnFailed;

    /// <summary>What is known now.</summary>
    public StandbyEngineState State
    {
        get
        {
            lock (_lock)
            {
                var now = _clock.Now;
                return new StandbyEngineState(
                    _isolation.Touch,
                    _life?.Generation ?? 0,
                    _isLatched,
                    _fenceId,
                    _life?.Journal.Ring.Head ?? 0,
                    _roster.Best(now),
                    _stream?.Durable ?? 0,
                    _lagNow,
                    _isLagging,
                    _isolation.Stalls,
                    _opener.Refused,
                    _durableLagNow,
                    _turns.Failures,
                    _udp?.Failed ?? 0);
            }
        }
    }

    /// <inheritdoc/>
    public BookScope Scope => _options.Scope;

    /// <inheritdoc/>
    public StandbyFence? Fence
    {
        get
        {
            lock (_lock)
            {
                var id = _fenceId != 0 ? _fenceId : _resuming;
                return id == 0 ? null : ToStandbyFence(id, _fence?.Id == id ? _fence : null);
            }
        }
    }

    /// <summary>The standbys that acknowledged in this generation; allocates.</summary>
    public IReadOnlyList<StandbyView> Standbys
    {
        get
        {
            lock (_lock)
            {
                return _roster.List(_clock.Now);
            }
        }
    }

    /// <summary>
    /// Claims a generation and begins to replicate and to beat. Returns when the generation is claimed; standbys follow.
    /// </summary>
    /// <exception cref="StandbyFencedException">
    /// The latest generation is fenced, and no operator has acknowledged it (<c>dmex resume</c>): <see cref="ResumeAsync"/>. The book is
    /// latched, and <see cref="Fence"/> names the fence.
    /// </exception>
    /// <exception cref="StandbyLinkException">
    /// The stream cannot be reached, holds another account's orders, or others write to it.
    /// </exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken = default) => BeginAsync(fenceId: null, cancellationToken);

    /// <summary>
    /// After a fire: claims the next generation, acknowledging a fence, replicates the book in it, waits until a standby that can fire
    /// holds all of it, and clears the book's latch. Before the call, compare the venue's open orders with the book; the trading loop
    /// pulses during it.
    /// </summary>
    /// <param name="fenceId">
    /// The fence, as <see cref="StandbyFencedException"/> or <see cref="State"/> names it; 0 when the engine was cut off and nobody fired.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the book stays latched then, and the call can be repeated.</param>
    /// <exception cref="StandbyFencedException">The latest generation is fenced by another fence.</exception>
    /// <exception cref="StandbyLinkException">The stream cannot be reached, or others write to it.</exception>
    /// <exception cref="InvalidOperationException">Nothing is to be resumed.</exception>
    public async ValueTask ResumeAsync(ulong fenceId, CancellationToken cancellationToken = default)
    {
        if (!IsResumed(fenceId))
        {
            await BeginAsync(fenceId, cancellationToken).ConfigureAwait(false);
        }

        Task held;
        lock (_lock)
        {
            held = WaitForHeld(_life!.Journal.Ring.Head, standbys: 1, cancellationToken);
        }

        await held.ConfigureAwait(false);
        lock (_lock)
        {
            if (_isolation.IsLatched)
            {
                return;
            }

            _isLatched = false;
            _resuming = 0;
        }

        _book.Reset();
        Raise();
    }

    /// <summary>
    /// After a fire: waits until an operator has acknowledged the fence of this engine's generation (<c>dmex resume</c>), and resumes as
    /// <see cref="ResumeAsync"/> does. The trading loop goes on to pulse meanwhile.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; the book stays latched then.</param>
    /// <exception cref="StandbyFencedException">The generation was fenced again meanwhile.</exception>
    /// <exception cref="StandbyLinkException">Others write to the stream.</exception>
    public async ValueTask ResumeWhenAcknowledgedAsync(CancellationToken cancellationToken = default)
    {
        // Writes until the generation ends; from then on this is the stream's only reader here.
        await _streaming.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                _ = await _reader.ReadToEndAsync(_link, cancellationToken).ConfigureAwait(false);
            }
            catch (StandbyLinkException)
            {
                // The stream cannot be reached now: asked again.
            }

            if (_reader.Log.IsAcknowledged)
            {
                await ResumeAsync(_reader.Log.FenceId, cancellationToken).ConfigureAwait(false);
                return;
            }

            await _clock.Delay(TimeSpan.FromMilliseconds(250), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    Task IEngineGuard.ResumeAsync(ulong fenceId, CancellationToken cancellationToken) => ResumeAsync(fenceId, cancellationToken).AsTask();

    /// <summary>
    /// The trading loop turns: to be called at least every <see cref="StandbyClusterOptions.MaxPulseGap"/>. Costs some 20 ns.
    /// </summary>
    /// <returns>False while the engine was fenced or is the one cut off, so that its book is latched until a resume.</returns>
    public bool Pulse()
    {
        Volatile.Write(ref _pulsedAt, _clock.Provider.GetTimestamp());
        return !Volatile.Read(ref _isLatched);
    }

    /// <summary>Whether a standby that can fire holds the latest state of an order.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="standbys">How many standbys.</param>
    public bool IsReplicated(in OrderHash hash, int standbys = 1)
    {
        lock (_lock)
        {
            return TryGetLatest(hash, out var sequence) && _roster.CountHolding(_clock.Now, sequence) >= standbys;
        }
    }

    /// <summary>Waits until standbys that can fire hold the latest state of an order.</summary>
    /// <param name="hash">An order of the book.</param>
    /// <param name="standbys">How many, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The order is not in the book, or the generation ended.</exception>
    public Task WaitReplicatedAsync(OrderHash hash, int standbys = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(standbys, 1);
        lock (_lock)
        {
            if (!TryGetLatest(hash, out var sequence))
            {
                throw new InvalidOperationException($"{hash} is not in the book, or the book is not replicated yet.");
            }

            // What is held is held; but nobody acknowledges any more what was not when the generation ended.
            return _isolation.IsFenced && _roster.CountHolding(_clock.Now, sequence) < standbys
                ? throw new InvalidOperationException(Ended)
                : WaitForHeld(sequence, standbys, cancellationToken);
        }
    }

    /// <summary>
    /// Tells the standbys that this engine ends on purpose, so that its silence is no reason to fire, and ends replication. What is armed
    /// stays armed, and open at the venue.
    /// </summary>
    public async ValueTask StopAsync()
    {
        for (var i = 0; i < 3 && !_isLatched; i++)
        {
            _life?.Beat(_link, _udp, isStopping: true);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends replication without a word to the standbys, which fire after the Ttl.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _waits.Fail(new ObjectDisposedException(nameof(StandbyEngine)));
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        JoinThreads();
        _udp?.Dispose();
        _metrics.Dispose();
        _subscriptions.ForEach(subscription => subscription.Dispose());
        await _streaming.ConfigureAwait(false);
        _book.RefuseForLag(isLagging: false);
        if (_life is { } life)
        {
            _book.RemoveJournal(life.Journal);
            life.Dispose();
            life.Journal.Ring.Clear();
        }

        _opener.Dispose();
        _reader.Clear();
        _stop.Dispose();
    }

    private bool TryGetLatest(in OrderHash hash, out ulong sequence)
    {
        sequence = 0;
        return _life is { } life && _book.Firing.Locate(hash) is { IsThere: true } place
            && life.Journal.TryGetLatest(place.Slot, place.Generation, out sequence);
    }

    private Task WaitForHeld(ulong sequence, int standbys, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _roster.CountHolding(_clock.Now, sequence) >= standbys
            ? Task.CompletedTask
            : _waits.Add(sequence, standbys, cancellationToken);
    }

    /// <summary>Whether a resume from this fence has claimed its generation, and was given up before a standby held the book.</summary>
    private bool IsResumed(ulong fenceId)
    {
        lock (_lock)
        {
            return fenceId != 0 && _resuming == fenceId && _fenceId == 0;
        }
    }

    private static StandbyFence ToStandbyFence(ulong id, GenerationFence? fence) => new(
        id,
        fence?.Evidence.Reason switch
        {
            FireReason.Silence => StandbyTrigger.Silent,
            FireReason.Isolated => StandbyTrigger.Isolated,
            FireReason.Operator => StandbyTrigger.Operator,
            _ => StandbyTrigger.None,
        },
        fence?.At ?? default,
        ProcessId: 0)
    { By = fence?.By };

    /// <summary>Refuses a start after a start, and a resume of what is not latched.</summary>
    private void CheckBegin(ulong? fenceId)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_life is not null && fenceId is null)
            {
                throw new InvalidOperationException("The engine was started before.");
            }

            if (fenceId == 0 && (!_isLatched || _fenceId != 0))
            {
                throw new InvalidOperationException(
                    _fenceId == 0
                        ? "Nothing is to be resumed: the engine is not latched."
                        : $"The engine is fenced: resume with fence {_fenceId:x16}.");
            }
        }
    }

    private async ValueTask BeginAsync(ulong? fenceId, CancellationToken cancellationToken)
    {
        CheckBegin(fenceId);
        if (_subscriptions.Count == 0)
        {
            _subscriptions.Add(_link.Subscribe(StandbyChannel.Acknowledgement, OnAcknowledgement));
            _subscriptions.Add(_link.Subscribe(StandbyChannel.RepairRequest, OnRepairRequest));
            _udp = _options.UdpPeers.Count > 0 ? new UdpBeatSender(_options.UdpPeers) : null;
        }

        await _streaming.ConfigureAwait(false);
        var (claim, sealer, sequence) = await ClaimAsync(fenceId == 0 ? null : fenceId, cancellationToken).ConfigureAwait(false);
        var life = new EngineLife(claim, sealer, sequence, _book.Capacity);
        EngineLife? former;
        lock (_lock)
        {
            former = _life;
            _life = life;
            _stream = new GenerationWriter(life, _link, _reader, _clock, OnStreamChanged, _turns.Note);
            _roster.Clear();
            _lag = new ReplicationLag();
            _durableLag = new ReplicationLag();
            _resuming = fenceId ?? 0;
            _fenceId = 0;
            _isolation.Begin(_clock.Now);
        }

        if (former is not null)
        {
            _book.RemoveJournal(former.Journal);
            former.Dispose();
            former.Journal.Ring.Clear();
        }

        _book.AddJournal(life.Journal);
        if (former is null)
        {
            StartThreads();
        }

        _streaming = _stream.RunAsync(_stop.Token);
    }

    private StandbyOwner Owner => new(_book.Account, _book.Endpoint) { Ttl = _options.Ttl };

    private async ValueTask<(GenerationRecord Claim, MessageSealer Sealer, ulong Sequence)> ClaimAsync(
        ulong? fenceId, CancellationToken cancellationToken)
    {
        try
        {
            return await GenerationClaims.ClaimAsync(
                _link, _reader, AddHeardAsync, NewSealer, Owner, fenceId, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (StandbyFencedException e)
        {
            lock (_lock)
            {
                EndGeneration(e.FenceId, e.Fence);
            }

            LatchIfDue();
            throw;
        }
    }

    /// <summary>
    /// Adds what standbys said of generations to what the stream says. Where the stream says nothing, it is new, or the cluster lost its
    /// disks: they are listened to, for standbys take no generation that is below one they knew.
    /// </summary>
    private async ValueTask AddHeardAsync(GenerationLog log, CancellationToken cancellationToken)
    {
        if (log.Claim is null)
        {
            await _clock.Delay(_options.Beat * 5, cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            log.Add(_heard.Generation, _heard.Acknowledged, _heard.Fenced, _heard.FenceId);
        }
    }

    private MessageSealer NewSealer(uint generation) => new(_key, _options.Book, SenderRole.Engine, _options.Name, generation);
}
