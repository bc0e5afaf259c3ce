using System.Diagnostics;
using Dmex.Fast.Dispatch;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.OpenOrders;

/// <summary>
/// Reads the venue's list and has it compared with the cancels: by itself at first, and while something is unresolved or was told by a
/// reply alone, and whenever the caller asks. One read after the other, on the thread pool. Thread-safe.
/// </summary>
internal sealed class ListReconciler : IAsyncDisposable
{
    private const int MaxBackOff = 4;
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private readonly OpenOrderClient _list;
    private readonly CancelDispatcher _dispatcher;
    private readonly OpenOrdersOptions _options;
    private readonly Action<Exception> _failed;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _leavingFirst = new();
    private Task _running = Task.CompletedTask;
    private HashSet<OrderHash>? _before;

    /// <param name="list">Reads it; not disposed here.</param>
    /// <param name="dispatcher">Compares.</param>
    /// <param name="options">How often.</param>
    /// <param name="failed">Told why the list cannot be read, once until it can be read again.</param>
    public ListReconciler(OpenOrderClient list, CancelDispatcher dispatcher, OpenOrdersOptions options, Action<Exception> failed)
    {
        _list = list;
        _dispatcher = dispatcher;
        _options = options;
        _failed = failed;
    }

    /// <summary>Canceled when this is disposed.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins to read by itself. Once.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Reads the open orders, compares them with the cancels, and hands them on with the time at which the read began.</summary>
    /// <exception cref="OpenOrdersException">The list could not be read as a whole.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled, or this is disposed.</exception>
    public async Task<(List<OpenOrder> Orders, long BeganAt)> ReadAsync(CancellationToken cancellationToken)
    {
        await _leavingFirst.CancelAsync().ConfigureAwait(false); // this read takes its place, and need not wait for it
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await _turn.WaitAsync(ending.Token).ConfigureAwait(false);
        try
        {
            var began = Stopwatch.GetTimestamp();
            var orders = await _list.ListAsync(ending.Token).ConfigureAwait(false);
            Compare(began, [.. orders.Select(order => order.Hash)]);
            return (orders, began);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Stops reading.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var failures = 0;
        var wait = TimeSpan.Zero;
        while (true)
        {
            var isWanted = false;
            try
            {
                await Task.Delay(wait, _stopping.Token).ConfigureAwait(false);
                isWanted = _dispatcher.WantsList;
                if (_before is null)
                {
                    await ReadFirstAsync().ConfigureAwait(false);
                }
                else if (isWanted)
                {
                    await ReadHashesAsync(_stopping.Token).ConfigureAwait(false);
                }

                failures = 0;
                wait = _options.Interval;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The second witness is silent for a while, which the caller is told; the client goes on without it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // Nobody may listen yet when the first read fails, and nobody needs it then: it is told once it is missed.
                if (isWanted && failures++ == 0)
                {
                    _failed(e);
                }

                wait = WaitAfter(failures, (e as OpenOrdersException)?.RetryAfter ?? TimeSpan.Zero);
            }
        }
    }

    private TimeSpan WaitAfter(int failures, TimeSpan asked)
    {
        var wait = _options.Interval * (1 << Math.Min(failures, MaxBackOff));
        wait = asked > wait ? asked : wait;
        return wait < MaxWait ? wait : MaxWait;
    }

    /// <summary>What is open at first: an order that is canceled soon will have been in the list.</summary>
    private async Task ReadFirstAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _leavingFirst.Token);
        try
        {
            await ReadHashesAsync(_leavingFirst.IsCancellationRequested ? _stopping.Token : ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // A caller reads.
        }
    }

    private async Task ReadHashesAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var began = Stopwatch.GetTimestamp();
            Compare(began, await _list.ListHashesAsync(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private void Compare(long began, HashSet<OrderHash> open)
    {
        _dispatcher.Compare(new ListRead(began, Stopwatch.GetTimestamp(), open, _before));
        _before = open;
    }
}
