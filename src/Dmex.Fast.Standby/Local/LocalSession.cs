using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Dmex.Fast.Beats;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Generations;

namespace Dmex.Fast.Standby.Local;

/// <summary>A standby's watch over one life of an engine: from its page to its end, its closing, its resumption or its successor.</summary>
internal sealed class LocalSession : IAsyncDisposable
{
    /// <summary>How long the last reading may take until the report starts without it: a disk may hang.</summary>
    private static readonly TimeSpan ReadingPatience = TimeSpan.FromSeconds(2);

    private readonly LocalStandbyOptions _options;
    private readonly OpenedEngine _engine;
    private readonly CancelBook _book;
    private readonly BookFollower _follower;
    private readonly EngineWatch _watch;
    private readonly TimeSpan _ttl;
    private readonly Channel<StandbyNotice> _notices = Channel.CreateUnbounded<StandbyNotice>();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(StandbyFence Fence, WatchSighting Seen)?> _fired =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _hasFired;
    private DmexClient? _client;
    private StandbyFiring? _firing;
    private IReadOnlySet<OrderHash> _held = new HashSet<OrderHash>();

    private LocalSession(LocalStandbyOptions options, OpenedEngine engine, BookCopy copy)
    {
        _options = options;
        _engine = engine;
        _book = copy.Book;
        _ttl = options.Ttl ?? engine.Page.Head.Ttl;
        _follower = new BookFollower(copy.Book, copy.File, copy.Capacity, engine.Page, HasResumed, Warn);
        _watch = new EngineWatch(
            WatchRules.Of(_ttl, options.IsDryRun), engine.Process, engine.Memory, engine.Page, () => _follower.IsReplaced, Act);
    }

    /// <summary>Whether there is an engine to watch after this session.</summary>
    public bool IsContinued { get; private set; }

    /// <summary>Opens page, process and book, reads the book, and connects.</summary>
    /// <param name="options">What to watch.</param>
    /// <param name="isContinued">
    /// Whether another session was before: an engine that has ended since is fired, and the venue need not be there yet.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<LocalSession> OpenAsync(LocalStandbyOptions options, bool isContinued, CancellationToken cancellationToken)
    {
        var engine = OpenedEngine.Open(options.PagePath, isContinued);
        LocalSession session;
        try
        {
            session = new LocalSession(options, engine, BookCopy.Open(options.BookPath, engine.Page));
        }
        catch
        {
            engine.Dispose();
            throw;
        }

        try
        {
            session._follower.Start();
            await session.ConnectAsync(isContinued, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Watches; tells what happens.</summary>
    public async IAsyncEnumerable<StandbyNotice> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Tell(StandbyNoticeKind.Watching, Describe());
        _watch.Start();
        using var ending = cancellationToken.UnsafeRegister(state => ((LocalSession)state!).Cancel(), this);
        var reporting = ReportAsync();
        await foreach (var notice in _notices.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            yield return notice;
        }

        await reporting.ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested && _fired.Task.Result is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        End();
        _watch.Dispose();
        if (_client is not null)
        {
            await _client.DisposeAsync().ConfigureAwait(false);
        }

        _follower.Dispose();
        _book.Dispose();
        _engine.Dispose();
    }

    private async Task ConnectAsync(bool isContinued, CancellationToken cancellationToken)
    {
        if (_options.IsDryRun)
        {
            return;
        }

        var options = _options.Client;
        options.Book = _book;
        options.Reconnect.ConnectInBackground |= isContinued;
        _client = await DmexClient.ConnectAsync(options, key: null, cancellationToken).ConfigureAwait(false);
        _firing = new StandbyFiring(_client, _options.Panic);
    }

    private string Describe()
    {
        var head = _engine.Page.Head;
        var fence = _engine.Page.Fence is { } held ? $" It is under {held}, and is watched again when it has resumed." : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Watching process {head.Process.Id} of {head.Account}, {_book.Count} orders armed in {_options.BookPath}; "
                + $"{(_options.IsDryRun ? "would fire" : "fires")} when it ends or is silent for {_ttl.TotalSeconds:0.###} s.{fence}");
    }

    /// <summary>On the watching thread: what must happen at once happens here.</summary>
    private void Act(WatchVerdict verdict, WatchSighting seen)
    {
        switch (verdict)
        {
            case WatchVerdict.FireKilled:
                Fire(StandbyTrigger.Killed, seen);
                break;
            case WatchVerdict.FireSilent:
                Fire(StandbyTrigger.Silent, seen);
                break;
            case WatchVerdict.Restart:
                Tell(StandbyNoticeKind.Restarted, "This process was stopped for more than a quarter of the Ttl; the engine's silence "
                    + "counts from now on.");
                break;
            case WatchVerdict.Recover:
                Tell(StandbyNoticeKind.Recovered, "The engine pulses again.");
                break;
            case WatchVerdict.NoteFound:
                Tell(StandbyNoticeKind.FenceFound, "The engine runs again and has found the fence: its book is latched until it resumes.");
                break;
            case WatchVerdict.Leave:
                var left = _book.Count;
                Tell(StandbyNoticeKind.Closed, left == 0 ? "The engine was closed." : $"The engine was closed with {left} orders "
                    + $"armed; nothing was sent.");
                End();
                break;
            case WatchVerdict.Follow:
                IsContinued = true;
                Tell(StandbyNoticeKind.Replaced, "Another engine has taken the beat page.");
                End();
                break;
            case WatchVerdict.Resume:
                IsContinued = true;
                Tell(StandbyNoticeKind.Resumed, "The engine has resumed.");
                End();
                break;
            case WatchVerdict.Conclude:
                Tell(StandbyNoticeKind.Ended, "The engine has ended.");
                End();
                break;
            default:
                break;
        }
    }

    private void Fire(StandbyTrigger trigger, in WatchSighting seen)
    {
        var orders = _book.Count;
        var why = trigger == StandbyTrigger.Killed ? "was killed" : $"is silent for "
            + $"{_ttl.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
        if (_firing is null)
        {
            Tell(StandbyNoticeKind.WouldFire, $"The engine {why}: {orders} orders would be canceled. Nothing was "
                + $"sent.", orders, trigger: trigger);
            return;
        }

        var fence = new StandbyFence(
            FenceIds.New(),
            trigger,
            DateTimeOffset.UtcNow,
            Environment.ProcessId);
        fence = _engine.Memory is { } memory ? EngineBeats.Set(memory, fence, seen.Now) : fence;
        _hasFired = true;

        try
        {
            _firing.Fire();
            Tell(StandbyNoticeKind.Fired, $"The engine {why}: fired {orders} orders.", orders, fence, trigger, timestamp: seen.Now);
            _ = _fired.TrySetResult((fence, seen));
        }
        catch (ObjectDisposedException)
        {
            End(); // canceled at the same moment
        }
    }

    /// <summary>Whether the engine has resumed since this standby has fired.</summary>
    private bool HasResumed() => _hasFired && _engine.Memory is { HasResumed: true };

    private void Cancel()
    {
        _ = _client?.DisposeAsync().AsTask();
        End();
    }

    private void End()
    {
        _ = _over.TrySetResult();
        _ = _fired.TrySetResult(null);
    }

    /// <summary>
    /// After firing: keeps the fence, reads the rest of the book, and goes on until everything is closed and the engine is gone.
    /// </summary>
    private async Task ReportAsync()
    {
        try
        {
            if (await _fired.Task.ConfigureAwait(false) is { } fired)
            {
                await ReportAsync(fired.Fence, fired.Seen).ConfigureAwait(false);
            }

            await _over.Task.ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Canceled: what was known has been told.
        }
        finally
        {
            _ = _notices.Writer.TryComplete();
        }
    }

    private async Task ReportAsync(StandbyFence fence, WatchSighting seen)
    {
        KeepFence(fence);
        var late = await ReadRestAsync().ConfigureAwait(false);
        var panic = await _firing!.ReportAsync(late).ConfigureAwait(false);
        await TellReportAsync(fence, seen, panic, late).ConfigureAwait(false);
        while (panic.Unresolved > 0 && !IsContinued)
        {
            panic = await _firing.FireAgainAsync().ConfigureAwait(false);
            await TellReportAsync(fence, seen, panic, late).ConfigureAwait(false);
        }

        await _over.Task.ConfigureAwait(false);
        var more = await ReadRestAsync().ConfigureAwait(false);
        if (more > 0 || _book.CountsByState is { Armed: > 0 } or { Fired: > 0 })
        {
            panic = await _firing.FireAgainAsync().ConfigureAwait(false);
            await TellReportAsync(fence, seen, panic, late + more).ConfigureAwait(false);
        }
    }

    private async Task<int> ReadRestAsync()
    {
        try
        {
            var reading = await _follower.ReadAllAsync().WaitAsync(ReadingPatience).ConfigureAwait(false);
            _held = _held.Count == 0 ? reading.Held : _held;
            return reading.Armed;
        }
        catch (TimeoutException)
        {
            Warn("The book's file cannot be read: only what was read before is fired.");
            return 0;
        }
    }

    private async Task TellReportAsync(StandbyFence fence, WatchSighting seen, PanicReport panic, int late)
    {
        var (open, failure) = _options.Client.OpenOrders is { } list
            ? await ListQuestion.AskAsync(_client!, _held, list.ListLag).ConfigureAwait(false)
            : (null, null);
        var offset = Stopwatch.GetElapsedTime(seen.Now, _firing!.FiredAt);
        var report = new StandbyReport
        {
            Fence = fence,
            TriggeredAt = seen.Now,
            Silence = seen.PulsedAt == 0 ? null : Stopwatch.GetElapsedTime(seen.PulsedAt, seen.Now),
            Panic = panic with
            {
                FirstByte = panic.FirstByte + offset,
                LastByte = panic.LastByte + offset,
                LastConfirmation = panic.LastConfirmation + offset,
            },
            Late = late,
            StillListed = open,
            ListFailure = failure,
        };
        var told = new StandbyNotice(StandbyNoticeKind.Reported, report.IsClear ? "Every order is closed." : "Not every order is "
            + "known to be closed.")
        {
            Orders = panic.Orders,
            Fence = fence,
            Trigger = fence.Trigger,
            Report = report,
        };
        _ = _notices.Writer.TryWrite(told);
    }

    private void KeepFence(StandbyFence fence)
    {
        try
        {
            _engine.Page.WriteFence(fence);
        }
        catch (IOException e)
        {
            Warn($"The fence cannot be written to {_engine.Page.Path} ({e.Message}): an engine that starts again does not find it.");
        }
    }

    private void Warn(string message) => Tell(StandbyNoticeKind.Warning, message);

    private void Tell(
        StandbyNoticeKind kind,
        string message,
        int? orders = null,
        StandbyFence? fence = null,
        StandbyTrigger trigger = default,
        long? timestamp = null)
    {
        var notice = new StandbyNotice(kind, message) { Orders = orders ?? _book.Count, Fence = fence, Trigger = trigger };
        _ = _notices.Writer.TryWrite(timestamp is { } at ? notice with { Timestamp = at } : notice);
    }
}
