using System.Diagnostics;
using Dmex.Fast.Dispatch;
using Dmex.Fast.Signers;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.OpenOrders;

/// <summary>
/// Cancels whatever the venue lists as open, until the list has nothing more: reads, signs in batches, fires, and reads again. One call
/// each; not thread-safe.
/// </summary>
internal sealed class CancelAllRun
{
    // Signed and fired together; the first leave while the next are signed.
    private const int BatchSize = 64;
    private const int ClearReads = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(5);

    private readonly ListReconciler _lists;
    private readonly CancelDispatcher _dispatcher;
    private readonly BatchSignerPool _signers;
    private readonly OpenOrderFilter _filter;
    private readonly PanicTally _tally = new();
    private readonly HashSet<OrderHash> _seen = [];
    private readonly long _listLag;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly long _deadline;
    private List<OpenOrder> _open = [];
    private OpenOrdersException? _lastFailure;
    private long _firedAt;
    private int _reads;
    private int _failedReads;
    private int _clearReads;
    private int _appeared;

    public CancelAllRun(
        ListReconciler lists,
        CancelDispatcher dispatcher,
        BatchSignerPool signers,
        OpenOrderFilter filter,
        CancelAllOptions options,
        TimeSpan listLag)
    {
        _lists = lists;
        _dispatcher = dispatcher;
        _signers = signers;
        _filter = filter;
        _listLag = (long)(listLag.TotalSeconds * Stopwatch.Frequency);
        _deadline = _started + (long)(options.Timeout.TotalSeconds * Stopwatch.Frequency);
        _tally.Begin(number: 0, options.RespectRateBudget, _started);
    }

    /// <summary>Runs until nothing is open, the deadline, or the end of the client.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled; what was fired is followed further.</exception>
    public async Task<CancelAllReport> RunAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lists.Stopping);
        patience.CancelAfter(Left);
        try
        {
            while (!await RoundAsync(patience.Token).ConfigureAwait(false))
            {
                await Task.Delay(Pause, patience.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The report says what is open.
        }

        return Report();
    }

    private TimeSpan Left =>
        TimeSpan.FromMilliseconds(1 + Math.Max(0, (_deadline - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency));

    /// <summary>Reads once, and cancels what is open; true when nothing is left to do.</summary>
    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        long began;
        try
        {
            (var orders, began) = await _lists.ReadAsync(cancellationToken).ConfigureAwait(false);
            _open = orders.FindAll(_filter.Passes);
        }
        catch (OpenOrdersException e)
        {
            _failedReads++;
            _lastFailure = e;
            var asked = e.RetryAfter ?? TimeSpan.Zero;
            var wait = asked < Left ? asked : Left; // no timer takes what a server may ask for
            await Task.Delay(wait > Pause ? wait : Pause, cancellationToken).ConfigureAwait(false);
            return false;
        }

        var isFirst = _reads++ == 0;
        var isClear = _open.Count == 0 && began >= _firedAt + (_firedAt == 0 ? 0 : _listLag);
        _clearReads = isClear ? _clearReads + 1 : 0;
        foreach (var order in _open)
        {
            _appeared += _seen.Add(order.Hash) && !isFirst ? 1 : 0;
        }

        await FireAsync(cancellationToken).ConfigureAwait(false);
        return _clearReads >= ClearReads && Unresolved == 0;
    }

    private int Unresolved
    {
        get
        {
            lock (_dispatcher.Lock)
            {
                return _tally.Unresolved;
            }
        }
    }

    /// <summary>Signs and fires what no cancel is at work for.</summary>
    private async Task FireAsync(CancellationToken cancellationToken)
    {
        OrderHash[] wanted = [.. _open.Select(order => order.Hash).Where(hash => !_dispatcher.IsKnown(hash))];
        var signatures = new Signature[Math.Min(BatchSize, wanted.Length)];
        for (var from = 0; from < wanted.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, wanted.Length - from);
            _signers.Sign(wanted.AsSpan(from, count), signatures.AsSpan(0, count));
            for (var taken = 0; taken < count;)
            {
                taken += _dispatcher.Fire(wanted.AsSpan(from + taken, count - taken), signatures.AsSpan(taken, count - taken), _tally);
                _firedAt = Stopwatch.GetTimestamp();
                if (taken < count)
                {
                    await Task.Delay(RoomPause, cancellationToken).ConfigureAwait(false); // until others are resolved
                }
            }

            from += count;
        }

        signatures.AsSpan().Clear();
    }

    private CancelAllReport Report()
    {
        List<OrderHash> unresolved = [];
        lock (_dispatcher.Lock)
        {
            _tally.IsReported = true;
            _dispatcher.Tracker.ListOpen(_tally, unresolved);
            return new CancelAllReport
            {
                IsClear = _clearReads >= ClearReads,
                Orders = _tally.Fired,
                Appeared = _appeared,
                Confirmed = _tally.Confirmed,
                AlreadyGone = _tally.Gone,
                NotFound = _tally.NotFound,
                Rejected = _tally.Rejected,
                Unresolved = _tally.Unresolved,
                Left = _tally.Left,
                Reads = _reads,
                FailedReads = _failedReads,
                LastFailure = _lastFailure,
                StillOpen = _open,
                UnresolvedOrders = unresolved,
                Elapsed = Stopwatch.GetElapsedTime(_started),
            };
        }
    }
}
