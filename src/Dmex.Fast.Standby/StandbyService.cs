using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Diagnostics;
using Dmex.Fast.Standby.Events;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <summary>
/// A standby on another host than the engine: holds a replica of its armed cancels, decides when the engine is gone, fences its
/// generation and has the cancels sent. It never has the account's key. Thread-safe.
/// </summary>
public sealed partial class StandbyService : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly StandbyClusterOptions _options;
    private readonly IStandbyLink _link;
    private readonly IStandbyFirer _firer;
    private readonly MonotonicClock _clock;
    private readonly MessageOpener _opener;
    private readonly MessageSealer _sealer;
    private readonly GenerationReader _reader;
    private readonly FenceWriter _fences;
    private readonly FireDecision _decision;
    private readonly StandbyMetrics _metrics;
    private readonly TurnGuard _turns;
    private readonly AcknowledgementPace _acknowledgements;
    private readonly ReplicaTable _table = new();
    private readonly SnapshotReader _snapshots = new();
    private readonly List<ReplicaEntry> _armed = [];
    private readonly List<OrderHash> _closed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _subscriptions = [];
    private readonly byte[] _plain = GC.AllocateArray<byte>(1 << 16, pinned: true);
    private Task _reading = Task.CompletedTask;
    private Task _fencing = Task.CompletedTask;
    private Task _snapshotting = Task.CompletedTask;
    private Thread? _thread;
    private UdpBeatListener? _udp;
    private long _datagrams;
    private BookScope _firedScope;
    private FireEvidence _fired;
    private ulong _ownFenceId;
    private ulong _engineHead;
    private ulong _loadedAt;
    private int _witnesses;
    private int _wouldHaveFired;
    private long _invalid;
    private bool _isLoaded;
    private volatile bool _isDisposed;

    /// <summary>Creates a standby; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="options">The same as the engine's, but for the name.</param>
    /// <param name="key">The key that it shares with the engine; the caller's, which must outlive this.</param>
    /// <param name="link">To the cluster; the caller's, which must outlive this.</param>
    /// <param name="firer">Sends the cancels; the caller's.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message says which.</exception>
    public StandbyService(
        StandbyClusterOptions options, StandbyKey key, IStandbyLink link, IStandbyFirer firer, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(firer);
        options.Validate();
        _options = options;
        _link = link;
        _firer = firer;
        _clock = new MonotonicClock(timeProvider ?? TimeProvider.System);
        _opener = new MessageOpener(key, options.Book);
        _sealer = new MessageSealer(key, options.Book, SenderRole.Standby, options.Name, generation: 0);
        _reader = new GenerationReader(_opener, _clock.Provider);
        _fences = new FenceWriter(link, _sealer, _clock);
        _decision = new FireDecision(options.ToDecision(link.Traits.Servers));
        _acknowledgements = new AcknowledgementPace(options.Beat);
        _firedScope = options.Scope;
        _turns = new TurnGuard(failed => UserHandlers.Raise(TurnFailed, this, failed), _clock.Provider);
        _metrics = new StandbyMetrics(options, this);
    }

    /// <summary>Raised on a thread of the pool after a fire or, in a dry run, a would-be fire. What it throws is ignored.</summary>
    public event EventHandler<ReplicaFiredEventArgs>? Fired;

    /// <summary>
    /// Raised on a thread of the pool when a turn of the standby's thread failed, at most once a second; the thread goes on. What it
    /// throws is ignored.
    /// </summary>
    public event EventHandler<TurnFailedEventArgs>? TurnFailed;

    /// <summary>What is known now.</summary>
    public StandbyServiceState State
    {
        get
        {
            lock (_lock)
            {
                return new StandbyServiceState(
                    _decision.Generation,
                    _decision.Fenced,
                    FenceId,
                    _table.Count,
                    _table.Orphans,
                    _table.Watermark,
                    _engineHead,
                    _decision.Silent(_clock.Now),
                    _witnesses,
                    _isLoaded,
                    MayFire && _firer.SaysItCanFire(),
                    _decision.Stalls,
                    _opener.Refused,
                    _invalid,
                    _wouldHaveFired,
                    _decision.Evidence,
                    _table.Unverified,
                    _table.InvalidSignatures,
                    _turns.Failures,
                    Interlocked.Read(ref _datagrams));
            }
        }
    }

    /// <summary>
    /// Whether the caller turns the standby, by <see cref="Tick"/>, rather than a thread of its own, and fires on its thread.
    /// </summary>
    internal bool IsTurnedByCaller { get; init; }

    private bool MayFire => _isLoaded && !_options.DryRun;

    private bool CanFire => MayFire && _firer.CanFire;

    private ulong FenceId => _ownFenceId != 0 ? _ownFenceId : _reader.Log.FenceId;

    /// <summary>Begins to follow the engine. Returns at once; <see cref="State"/> says when the stream is read.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="StandbyLinkException">
    /// <see cref="StandbyClusterOptions.UdpListen"/> cannot be listened on; nothing was started.
    /// </exception>
    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_subscriptions.Count > 0)
            {
                throw new InvalidOperationException("The standby was started before.");
            }

            _udp = _options.UdpListen is { } local ? UdpBeatListener.Open(local, BeatMessage.SealedSize, OnDatagram) : null;
            Subscribe(StandbyChannel.Beat, OnBeat);
            Subscribe(StandbyChannel.Live, OnLive);
            Subscribe(StandbyChannel.Order, OnOrder);
            Subscribe(StandbyChannel.Report, OnReport);
        }

        _reading = ReadAsync(_stop.Token);
        if (!IsTurnedByCaller)
        {
            _thread = new Thread(Loop) { IsBackground = true, Name = "dmex-standby", Priority = ThreadPriority.AboveNormal };
            _thread.Start();
        }
    }

    /// <summary>A message may be on its way when the standby ends: nothing of it reaches the link's thread then.</summary>
    private void Subscribe(StandbyChannel channel, Action<ReadOnlySpan<byte>> handler) => _subscriptions.Add(_link.Subscribe(
        channel,
        message =>
        {
            try
            {
                handler(message);
            }
            catch (ObjectDisposedException) when (_isDisposed)
            {
                // It came too late.
            }
#pragma warning disable CA1031 // The link's thread is not this standby's.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _turns.Note(e);
            }
        }));

    /// <summary>Whether the replica has an order.</summary>
    internal bool Holds(in OrderHash hash)
    {
        lock (_lock)
        {
            return _table.Contains(hash);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _metrics.Dispose();
        await _stop.CancelAsync().ConfigureAwait(false);
        _thread?.Join();
        _udp?.Dispose();
        _subscriptions.ForEach(subscription => subscription.Dispose());
        await Task.WhenAll(_reading, _fencing, _snapshotting, _verifying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sealer.Dispose();
        _opener.Dispose();
        _reader.Clear();
        CryptographicOperations.ZeroMemory(_plain);
        _stop.Dispose();
    }
}
