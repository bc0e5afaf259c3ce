using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>
/// Ours, armed: each order is signed and framed ahead of time in a book beside some others, under a tag of its own, and
/// <see cref="DmexClient.PanicAsync(BookScope, PanicOptions?, CancellationToken)"/> over that tag fires it alone. Arming the order that
/// takes its place, and taking back the latch, fall between two cancels.
/// </summary>
internal sealed class ArmedWay : IOpenLoopWay
{
    /// <summary>How many orders are armed while one of them is fired.</summary>
    public const int Armed = 64;

    /// <summary>What the book must hold: the armed ones, and those whose answers are under way.</summary>
    public const int Capacity = 4 * Armed;

    // The client has room for 64 panics, and frees the place of one some moments after its end: on a busy machine, later.
    private const int MaxAtOnce = 32;
    private const int MaxAttempts = 10_000;

    private readonly DmexClient _client;
    private readonly CancelBook _book;
    private readonly PanicOptions _options = new();
    private readonly PendingOutcomes<PanicReport> _pending;
    private CancelSamples _samples = new([]);
    private ulong _lastTag;
    private int _next;
    private int _end;
    private ulong _firstTag;
    private int _firstIndex;

    /// <param name="client">Connected with <paramref name="book"/>; owned from here on.</param>
    /// <param name="book">In memory, of <see cref="Capacity"/>, empty; owned too.</param>
    public ArmedWay(DmexClient client, CancelBook book)
    {
        _client = client;
        _book = book;
        _pending = new PendingOutcomes<PanicReport>(MaxAtOnce, End, (index, error) => WayFailure.Note(_samples, index, error));
    }

    /// <inheritdoc/>
    public string Name => "armed";

    /// <inheritdoc/>
    public string Description => $"signed and framed ahead of time, one of {Armed} in the book: PanicAsync over its tag";

    /// <inheritdoc/>
    public bool AllocatesNothing => true;

    /// <inheritdoc/>
    public void Prepare(CancelSamples samples, int count)
    {
        _samples = samples;
        _firstIndex = samples.Count;
        _firstTag = _lastTag + 1;
        _next = samples.Count;
        _end = samples.Count + count;
        for (var i = 0; i < Armed; i++)
        {
            ArmNext();
        }
    }

    /// <inheritdoc/>
    public void Send(int index)
    {
        _pending.WaitForRoom();
        _pending.Add(index, Fire(_firstTag + (ulong)(index - _firstIndex)));
    }

    /// <inheritdoc/>
    public void AfterSend()
    {
        _book.Reset();
        ArmNext();
        _pending.Collect();
    }

    /// <inheritdoc/>
    public void Collect() => _pending.Collect();

    /// <inheritdoc/>
    public Task TouchAsync(OrderHash order) => FireAsync(order);

    /// <inheritdoc/>
    public void Abort() => _ = _client.DisposeAsync().AsTask();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _book.Dispose();
    }

    private async Task FireAsync(OrderHash order)
    {
        var tag = Interlocked.Increment(ref _lastTag);
        _ = _book.Arm(order, tag);
        _ = _book.MarkLive(order);
        var report = Fire(tag);
        _book.Reset();
        _ = await report;
    }

    /// <summary>Fires one order; while there is no room for a panic it waits, and the delay counts for the cancel.</summary>
    private ValueTask<PanicReport> Fire(ulong tag)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return _client.PanicAsync(new BookScope(ulong.MaxValue, tag), _options);
            }
            catch (InvalidOperationException) when (attempt < MaxAttempts)
            {
                Thread.Sleep(1);
            }
        }
    }

    private void ArmNext()
    {
        if (_next == _end)
        {
            return;
        }

        ref var order = ref _samples.Orders[_next++];
        var result = _book.Arm(order, ++_lastTag);
        if (result != ArmResult.Armed)
        {
            _samples.NoteFailure($"order {order} was not armed: {result}");
        }

        _ = _book.MarkLive(order);
    }

    private void End(int index, PanicReport report)
    {
        var confirmed = report is { Orders: 1, Confirmed: 1 };
        if (!confirmed)
        {
            _samples.NoteFailure($"order {_samples.Orders[index]}: {report}");
        }

        if (report.LastByte is { } lastByte)
        {
            _samples.Write(index, _samples.CalledAt(index) + PreciseClock.Ticks(lastByte));
        }

        var answered = _samples.CalledAt(index) + PreciseClock.Ticks(report.LastConfirmation ?? TimeSpan.Zero);
        _samples.End(index, answered, confirmed, report.Written + report.Resent);
    }
}
