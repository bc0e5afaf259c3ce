using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dmex.Fast.Beats;
using Dmex.Fast.Panics;

namespace Dmex.Fast.Client;

/// <summary>
/// What a client does about a standby: beats for it, and when it finds that one has fired, latches its own book at once and, half a second
/// after the fence, fires it too: what the standby has closed by then is already gone, and the engine learns it from the venue.
/// Thread-safe.
/// </summary>
internal sealed class StandbyGuard(DmexClientOptions options, PanicRunner? panic, ClientEvents events) : IDisposable
{
    private static readonly PanicOptions Patient = new() { Timeout = TimeSpan.FromSeconds(10) };

    // The standby goes first: both at once would be twice the traffic when it is needed least.
    private static readonly long Precedence = Stopwatch.Frequency / 2;

    private readonly StandbyOptions _options = options.Standby;
    private readonly CancelBook? _book = options.Book;
    private readonly TimeSpan _closing = (2 * options.CloseTimeout) + TimeSpan.FromSeconds(1);
    private EngineBeats? _beats;
    private TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _fireAt = long.MaxValue;

    /// <summary>The fence that the engine is under; null while it is free.</summary>
    public StandbyFence? Fence => _beats?.Fence;

    /// <summary>Makes the beat page, where there is to be one; before anything of the client's connects.</summary>
    /// <exception cref="BeatPageException">It cannot be made; the message says why.</exception>
    public void Start() => _beats = _options.BeatPage is null ? null : EngineBeats.Create(_options, _book!, Fenced);

    /// <inheritdoc cref="EngineBeats.Pulse"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Pulse() => _beats?.Pulse() ?? true;

    /// <summary>Looks for a fence, for an engine that does not pulse, and fires what is due. Cheap.</summary>
    /// <returns>When it is due again.</returns>
    public long Tick(long now)
    {
        if (_beats is null)
        {
            return long.MaxValue;
        }

        _ = _beats.Look();
        var fireAt = Volatile.Read(ref _fireAt);
        if (now >= fireAt && Interlocked.CompareExchange(ref _fireAt, long.MaxValue, fireAt) == fireAt)
        {
            _ = FireAsync();
        }

        return Volatile.Read(ref _fireAt);
    }

    /// <summary>Goes on after a fence, when everything that was in the book is known to be closed.</summary>
    /// <exception cref="InvalidOperationException">No such fence holds, or an order is unresolved. Nothing changed.</exception>
    public async Task ResumeAsync(ulong fence, CancellationToken cancellationToken)
    {
        var beats = _beats ?? throw new InvalidOperationException(
            $"This client was connected without {nameof(DmexClientOptions.Standby)}.{nameof(StandbyOptions.BeatPage)}: no standby can "
                + $"have fenced it.");
        beats.RequireFence(fence);
        await _reported.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_book!.Count is > 0 and var open)
        {
            throw new InvalidOperationException(
                $"{open} orders of the fired book are not known to be closed: wait for the venue's answers, panic again, or Forget "
                    + $"those that are closed.");
        }

        _book.Reset();
        beats.Resume(fence);
    }

    /// <summary>The client is about to close, and will not pulse meanwhile.</summary>
    public void BeginClosing() => _beats?.BeginClosing(_closing);

    /// <summary>The client is closed: a standby leaves.</summary>
    public void Dispose()
    {
        _beats?.Dispose();
        _ = _reported.TrySetResult();
    }

    private void Fenced(StandbyFence fence, long at)
    {
        try
        {
            _ = _book!.Firing.Latch(BookScope.All);
            if (_reported.Task.IsCompleted)
            {
                _reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            Volatile.Write(ref _fireAt, at + Precedence);
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
            _ = await panic!.Fire(BookScope.All, Patient).ConfigureAwait(false);
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
