using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dmex.Fast.Beats;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Panics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Client;

/// <summary>
/// What a client does about its standbys, on this host and on others: pulses for them, and when it finds that one has fired, latches its
/// own book at once and, half a second after the fence, fires it too: what the standby has closed by then is already gone, and the
/// engine learns it from the venue. Thread-safe.
/// </summary>
internal sealed class StandbyGuard(DmexClientOptions options, PanicRunner? panic, ListReconciler? lists, ClientEvents events) : IDisposable
{
    private static readonly PanicOptions Patient = new() { Timeout = TimeSpan.FromSeconds(10) };

    // The standby goes first: both at once would be twice the traffic when it is needed least.
    private static readonly long Precedence = Stopwatch.Frequency / 2;

    private static readonly long LookEvery = Stopwatch.Frequency / 10;

    private readonly StandbyOptions _options = options.Standby;
    private readonly IEngineGuard? _guard = options.Standby.Guard;
    private readonly Lock _lock = new();
    private readonly CancelBook? _book = options.Book;
    private readonly TimeSpan _closing = (2 * options.CloseTimeout) + TimeSpan.FromSeconds(1);
    private EngineBeats? _beats;
    private TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<OrderHash> _fired = [];
    private BookScope _scope = BookScope.All;
    private ulong _guardFence;
    private long _fireAt = long.MaxValue;

    /// <summary>The fence that the engine is under; null while it is free.</summary>
    public StandbyFence? Fence => _beats?.Fence ?? _guard?.Fence;

    /// <summary>Makes the beat page, where there is to be one; before anything of the client's connects.</summary>
    /// <exception cref="BeatPageException">It cannot be made; the message says why.</exception>
    public void Start() => _beats = _options.BeatPage is null ? null : EngineBeats.Create(
        _options, _book!, (fence, at) => Fenced(fence, at, BookScope.All));

    /// <inheritdoc cref="EngineBeats.Pulse"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Pulse()
    {
        var isFree = _beats?.Pulse() ?? true;
        return (_guard?.Pulse() ?? true) && isFree;
    }

    /// <summary>Looks for a fence, for an engine that does not pulse, and fires what is due. Cheap.</summary>
    /// <returns>When it is due again.</returns>
    public long Tick(long now)
    {
        if (_beats is null && _guard is null)
        {
            return long.MaxValue;
        }

        _ = _beats?.Look();
        LookAtGuard(now);
        var fireAt = Volatile.Read(ref _fireAt);
        if (now >= fireAt && Interlocked.CompareExchange(ref _fireAt, long.MaxValue, fireAt) == fireAt)
        {
            _ = FireAsync();
        }

        return Math.Min(Volatile.Read(ref _fireAt), now + LookEvery);
    }

    /// <summary>
    /// Goes on after a fence, when everything that was in the book is known to be closed, by the venue's list too where there is one.
    /// </summary>
    /// <exception cref="InvalidOperationException">No such fence holds, or an order is or may be open. Nothing changed.</exception>
    /// <exception cref="OpenOrdersException">The venue's list could not be read. Nothing changed.</exception>
    public async Task ResumeAsync(ulong fence, CancellationToken cancellationToken)
    {
        if (fence == 0 && _guard is { Fence: null } guard)
        {
            // It was cut off and nobody fired: nothing is to be compared.
            await guard.ResumeAsync(fence, cancellationToken).ConfigureAwait(false);
            return;
        }

        var isGuards = _guard?.Fence?.Id == fence;
        if (!isGuards)
        {
            RequireBeats(fence);
        }

        LookAtGuard(Stopwatch.GetTimestamp());
        await _reported.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        var scope = isGuards ? _guard!.Scope : BookScope.All;
        RequireClosed(scope);
        await ReconcileAsync(cancellationToken).ConfigureAwait(false);
        if (isGuards)
        {
            await _guard!.ResumeAsync(fence, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _guardFence, 0);
        }
        else
        {
            _book!.Reset();
            _beats!.Resume(fence);
        }
    }

    /// <summary>The client is about to close, and will not pulse meanwhile.</summary>
    public void BeginClosing() => _beats?.BeginClosing(_closing);

    /// <summary>The client is closed: a standby leaves.</summary>
    public void Dispose()
    {
        _beats?.Dispose();
        _ = _reported.TrySetResult();
    }

    private void RequireBeats(ulong fence)
    {
        if (_beats is { } beats)
        {
            beats.RequireFence(fence);
            return;
        }

        if (_guard is null)
        {
            throw new InvalidOperationException(
                $"This client was connected without {nameof(DmexClientOptions.Standby)}.{nameof(StandbyOptions.BeatPage)} and "
                + $"{nameof(StandbyOptions.Guard)}: no standby can have fenced it.");
        }

        throw new InvalidOperationException(
            _guard.Fence is { } found
                ? $"The engine is under {found}, and 0x{fence:x16} was named: look at what that standby did, then name its fence."
                : "No standby has fenced this engine, as far as it knows: there is nothing to resume from.");
    }

    private void RequireClosed(BookScope scope)
    {
        var open = scope == BookScope.All ? _book!.Count : _book!.ListOrders(scope).Count;
        if (open > 0)
        {
            throw new InvalidOperationException(
                $"{open} orders of the fired book are not known to be closed: wait for the venue's answers, panic again, or Forget "
                    + "those that are closed.");
        }
    }

    /// <summary>
    /// Refuses to go on while the venue's list has an order that was fired, or one that nobody here knows. What two lists have counts,
    /// which are as far apart as a list may be behind.
    /// </summary>
    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (lists is null)
        {
            return;
        }

        var open = Unexpected((await lists.ReadAsync(cancellationToken).ConfigureAwait(false)).Orders);
        if (open.Count == 0)
        {
            return;
        }

        await Task.Delay(options.OpenOrders!.ListLag, cancellationToken).ConfigureAwait(false);
        open.IntersectWith(Unexpected((await lists.ReadAsync(cancellationToken).ConfigureAwait(false)).Orders));
        if (open.Count > 0)
        {
            var fired = open.Count(_fired.Contains);
            throw new InvalidOperationException(
                $"The venue lists {open.Count} open orders that the book does not hold, {fired} of which were fired; "
                + $"the first is {open.First()}. "
                + $"Cancel them ({nameof(DmexClient)}.{nameof(DmexClient.CancelAllAsync)}, dmex panic --open-orders) and resume again; "
                + "where other programs trade for the account, "
                + $"set {nameof(StandbyOptions)}.{nameof(StandbyOptions.ResumeWithOtherOrders)}.");
        }
    }

    private HashSet<OrderHash> Unexpected(IEnumerable<OpenOrder> listed)
    {
        // What lies outside the guard's scope goes on being traded.
        var held = _book!.ListOrders(BookScope.All).Select(order => order.Hash).ToHashSet();
        return [.. listed.Select(order => order.Hash)
            .Where(hash => !held.Contains(hash) && (!_options.ResumeWithOtherOrders || _fired.Contains(hash)))];
    }

    private void LookAtGuard(long now)
    {
        if (_guard?.Fence is { } fence && Interlocked.Exchange(ref _guardFence, fence.Id) != fence.Id)
        {
            Fenced(fence, now, _guard.Scope);
        }
    }

    private void Fenced(StandbyFence fence, long at, BookScope scope)
    {
        try
        {
            _ = _book!.Firing.Latch(scope);
            lock (_lock)
            {
                if (_reported.Task.IsCompleted)
                {
                    _reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                _scope = Volatile.Read(ref _fireAt) == long.MaxValue ? scope : BookScope.All;
                Volatile.Write(ref _fireAt, at + Precedence);
            }
        }
        catch (ObjectDisposedException)
        {
            // The book is gone, and nothing is armed in it any more.
        }

        events.Post(new StandbyFiredEventArgs(fence));
    }

    private async Task FireAsync()
    {
        try
        {
            BookScope scope;
            lock (_lock)
            {
                scope = _scope;
            }

            _fired = [.. _book!.ListOrders(scope).Select(order => order.Hash)];
            _ = await panic!.Fire(scope, Patient).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The client closes.
        }
        finally
        {
            _ = _reported.TrySetResult();
        }
    }
}
