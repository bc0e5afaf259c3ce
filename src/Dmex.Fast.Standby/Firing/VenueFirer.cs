using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Events;

namespace Dmex.Fast.Standby.Firing;

/// <summary>
/// Sends a standby's cancels by a client at the venue that never had the key: frames are made from the hashes and signatures of the
/// replica. It goes on until every order is known to be closed, and reports each that is. Thread-safe.
/// </summary>
/// <param name="options">How to connect; the book is this object's to set.</param>
/// <param name="panic">How a fire goes about it.</param>
public sealed class VenueFirer(DmexClientOptions options, PanicOptions panic) : IStandbyFirer, IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<OrderHash, (StandbyFire Fire, StandbyOrder Order)> _open = [];
    private readonly List<Task<PanicReport>> _panics = [];
    private readonly Queue<StandbyOrder> _waiting = new();
    private readonly HashSet<OrderHash> _refused = [];
    private CancelBook? _book;
    private DmexClient? _client;
    private Task<PanicReport>? _panic;
    private Task _following = Task.CompletedTask;
    private readonly HashSet<OrderHash> _fired = [];

    /// <summary>Raised on a thread of the pool when a panic's report is there, again and again until everything is closed.</summary>
    public event EventHandler<VenueFirerReportEventArgs>? Reported;

    /// <inheritdoc/>
    public bool CanFire => _client?.State == ConnectionState.Ready;

    /// <summary>Why the venue could not be reached at the latest attempt; null when nothing is wrong.</summary>
    public string? Failure => _client?.Connections.Select(connection => connection.LastFailure?.Message)
        .FirstOrDefault(failure => failure is not null);

    /// <summary>How many orders were fired and are not known to be closed.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>How many orders are on their way at once; more than these follow as others are closed.</summary>
    internal int Capacity { get; init; } = 1 << 16;

    /// <summary>Connects for the orders of an account; until then a fire fails, and is tried again.</summary>
    /// <exception cref="TransportException">The venue cannot be reached.</exception>
    /// <exception cref="WebSocketHandshakeException">The venue refused the connection.</exception>
    /// <exception cref="ArgumentException">An option is wrong; the message says which.</exception>
    public async Task ConnectAsync(StandbyOwner owner, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var book = CancelBook.Create(new CancelBookOptions
        {
            Capacity = Capacity,
            Account = owner.Account,
            Endpoint = owner.Endpoint,
            VerifyArmed = false, // the venue verifies, and a fire does not wait
        });
        try
        {
            options.Book = book;
            _client = await DmexClient.ConnectAsync(options, key: null, cancellationToken).ConfigureAwait(false);
            _book = book;
        }
        catch
        {
            book.Dispose();
            throw;
        }
    }

    /// <summary>Whether the client is connected, which its pings have shown within <see cref="LivenessOptions.PongTimeout"/>.</summary>
    /// <param name="timestamp">Not looked at.</param>
    public bool VenueAnsweredSince(long timestamp) => CanFire;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not connected yet.</exception>
    public void Fire(StandbyFire fire)
    {
        ArgumentNullException.ThrowIfNull(fire);
        if (_client is not { } client)
        {
            throw new InvalidOperationException("The venue is not connected yet.");
        }

        lock (_lock)
        {
            foreach (var order in fire.Orders)
            {
                _ = _open.TryAdd(order.Hash, (fire, order));
                _ = _fired.Add(order.Hash);
                _waiting.Enqueue(order);
            }

            StartPanic(client, fire);
            if (_following.IsCompleted)
            {
                _following = Task.Run(FollowAsync);
            }
        }
    }

    /// <summary>Leaves what was fired and is not known to be closed: an operator has reconciled it.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            foreach (var hash in _open.Keys)
            {
                _ = _book?.Forget(hash);
            }

            _open.Clear();
            _waiting.Clear();
            _fired.Clear();
        }
    }

    /// <summary>Waits until nothing that was fired is open.</summary>
    public async Task WaitClosedAsync(CancellationToken cancellationToken = default)
    {
        while (Open > 0)
        {
            await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (_client is { } client)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }

        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _book?.Dispose();
    }

    private async Task<PanicReport> PanicAsync(DmexClient client, StandbyFire? fire)
    {
        var report = await client.PanicAsync(BookScope.All, panic, _stop.Token).ConfigureAwait(false);
        if (report.FirstByte is { } first)
        {
            fire?.ReportFirstByte(first);
        }

        return report;
    }

    /// <summary>Under the lock.</summary>
    private void StartPanic(DmexClient client, StandbyFire? fire)
    {
        ArmWaiting(isPanicNext: true);
        _panic = PanicAsync(client, fire);
        _panics.Add(_panic);
    }

    /// <summary>Under the lock: arms what the book has room for. It is latched once fired, so that this hands it to the panic.</summary>
    /// <param name="isPanicNext">
    /// Whether a panic follows at once, whose report counts what is armed here. One that was not seen at the venue is armed only then.
    /// </param>
    private void ArmWaiting(bool isPanicNext)
    {
        while (_waiting.TryPeek(out var order))
        {
            if (!_open.ContainsKey(order.Hash))
            {
                _ = _waiting.Dequeue();
                continue;
            }

            if (!order.IsLive && !isPanicNext)
            {
                return;
            }

            try
            {
                if (_book!.Arm(order.Hash, order.Signature, order.Tag, order.Priority) == ArmResult.Full)
                {
                    return;
                }

                if (order.IsLive)
                {
                    _ = _book.MarkLive(order.Hash);
                }
            }
            catch (ArgumentException)
            {
                // No order or no signature: it must hold up no other, and stays open.
                _ = _refused.Add(order.Hash);
            }

            _ = _waiting.Dequeue();
        }
    }

    /// <summary>Looks what is closed, and fires again what is not, with longer and longer pauses.</summary>
    private async Task FollowAsync()
    {
        var pause = TimeSpan.FromSeconds(1);
        while (true)
        {
            Task<PanicReport> latest;
            lock (_lock)
            {
                latest = _panic!;
            }

            var closed = 0;
            while (await Task.WhenAny(latest, Task.Delay(Look, _stop.Token)).ConfigureAwait(false) != latest)
            {
                _stop.Token.ThrowIfCancellationRequested();
                closed += Sweep();
            }

            var report = await latest.ConfigureAwait(false);
            Task<PanicReport>[] panics;
            lock (_lock)
            {
                if (_panic != latest)
                {
                    continue; // a later one has taken over
                }

                panics = [.. _panics];
                _panics.Clear();
            }

            var reports = await Task.WhenAll(panics).ConfigureAwait(false);
            closed += Sweep(hasReport: true, isKnown: reports.All(earlier => earlier.NotFound == 0));

            Tell(new VenueFirerReportEventArgs(_fired.Count, Open, report));
            if (Open == 0)
            {
                await AskListAsync(report).ConfigureAwait(false);
                lock (_lock)
                {
                    if (_panic == latest && _open.Count == 0)
                    {
                        _following = Task.CompletedTask;
                        return;
                    }
                }

                continue;
            }

            pause = closed > 0 ? TimeSpan.FromSeconds(1) : pause * 2 < MaxPause ? pause * 2 : MaxPause;
            await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
            lock (_lock)
            {
                StartPanic(_client!, fire: null);
            }
        }
    }

    /// <summary>
    /// An order that was armed and is not in the book any more is closed, by the venue's reply; one that waits takes its place.
    /// </summary>
    /// <param name="hasReport">
    /// Whether the panics have ended. One that was not seen at the venue may have left the book because the venue does not know it, and
    /// may reach the venue yet: only the report says that there was none such, and without that it is fired again.
    /// </param>
    /// <param name="isKnown">Whether the venue knew every order.</param>
    /// <returns>How many were found.</returns>
    private int Sweep(bool hasReport = false, bool isKnown = false)
    {
        List<(StandbyFire Fire, StandbyOrder Order)> closed;
        lock (_lock)
        {
            var held = _book!.ListOrders(BookScope.All).Select(order => order.Hash).ToHashSet();
            held.UnionWith(_waiting.Select(order => order.Hash));
            held.UnionWith(_refused);
            var left = _open.Where(order => !held.Contains(order.Key)).Select(order => order.Value).ToArray();
            closed = [.. left.Where(order => order.Order.IsLive || (hasReport && isKnown))];
            closed.ForEach(order => _open.Remove(order.Order.Hash));
            foreach (var (_, order) in left.Where(order => hasReport && _open.ContainsKey(order.Order.Hash)))
            {
                _waiting.Enqueue(order);
            }

            ArmWaiting(isPanicNext: false);
        }

        closed.ForEach(order => order.Fire.ReportClosed(order.Order.Hash));
        return closed.Count;
    }

    /// <summary>Where the venue has a list of open orders, asks it for those that were fired.</summary>
    private async Task AskListAsync(PanicReport report)
    {
        if (options.OpenOrders is not { } list)
        {
            return;
        }

        OrderHash[] fired;
        lock (_lock)
        {
            fired = [.. _fired];
        }

        var (open, failure) = await ListQuestion.AskAsync(_client!, fired, list.ListLag).ConfigureAwait(false);
        Tell(new VenueFirerReportEventArgs(fired.Length, Open, report) { StillListed = open, ListFailure = failure });
    }

    private void Tell(VenueFirerReportEventArgs report) => UserHandlers.Raise(Reported, this, report);
}
