using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Beats;

/// <summary>An engine's side of its beat page: pulses, finds fences, and resumes from them. Thread-safe.</summary>
internal sealed unsafe class EngineBeats : IDisposable
{
    private readonly Lock _lock = new();
    private readonly BeatMemory _memory;
    private readonly BeatWords* _words;
    private readonly BeatPage _page;
    private readonly Action<StandbyFence, long> _fenced;
    private StandbyFence? _found;
    private bool _isClosed;

    private EngineBeats(BeatMemory memory, BeatPage page, Action<StandbyFence, long> fenced)
    {
        _memory = memory;
        _words = memory.Words;
        _page = page;
        _fenced = fenced;
    }

    /// <summary>The fence that this engine has found and not resumed from.</summary>
    public StandbyFence? Fence
    {
        get
        {
            lock (_lock)
            {
                return _found;
            }
        }
    }

    /// <summary>Makes the page and begins to beat.</summary>
    /// <param name="options">With a page.</param>
    /// <param name="book">Recorded in a file.</param>
    /// <param name="fenced">
    /// Called once a fence, with when it was set in ticks (0 by an earlier engine's standby), on the thread that finds it: a pulse's or
    /// that of <see cref="Look"/>. When it returns, what is armed meets a latch.
    /// </param>
    /// <exception cref="BeatPageException">Another engine beats there, or the page cannot be made.</exception>
    public static EngineBeats Create(StandbyOptions options, CancelBook book, Action<StandbyFence, long> fenced)
    {
        var path = Path.GetFullPath(options.BeatPage!);
        var kept = FenceOf(path);
        var engine = Guid.NewGuid();
        try
        {
            var memory = BeatMemory.Create(engine);
            if (kept is { } fence)
            {
                Put(memory.Words, fence, at: 0);
            }

            var page = BeatPage.Create(path, new BeatPageHead
            {
                Process = ProcessMark.Current,
                Descriptor = memory.Descriptor,
                Ttl = options.Ttl,
                MadeAt = DateTimeOffset.UtcNow,
                Engine = engine,
                Account = book.Account,
                Book = book.FileIdentity!.Value.Mark,
                BookPath = book.FileIdentity!.Value.Path,
            }, kept);
            return new EngineBeats(memory, page, fenced);
        }
        catch (Exception e) when (e is not BeatPageException and (IOException or EntryPointNotFoundException))
        {
            throw new BeatPageException(BeatPageError.NotSupported, $"This system gives no memory for the beats: {e.Message}", e);
        }
    }

    /// <summary>Sets a fence, its number last.</summary>
    /// <returns>The fence that holds: another one when there was one already that the engine has not resumed from.</returns>
    public static StandbyFence Set(BeatMemory memory, in StandbyFence fence, long now)
    {
        var words = memory.Words;
        var before = Volatile.Read(ref words->Fence);
        if (before != Volatile.Read(ref words->ResumedFence))
        {
            return Get(words, before);
        }

        Put(words, fence, now);
        GC.KeepAlive(memory);
        return fence;
    }

    /// <summary>Notes that the trading loop runs; false while it must not trade, because a standby has fired.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Pulse()
    {
        var words = _words;
        words->Pulses++; // by one thread, as a rule
        Volatile.Write(ref words->PulsedAt, Stopwatch.GetTimestamp());
        var isFree = Volatile.Read(ref words->Fence) == words->ResumedFence || Look();
        GC.KeepAlive(this);
        return isFree;
    }

    /// <summary>Looks for a fence; false while there is one that was not resumed from.</summary>
    public bool Look()
    {
        StandbyFence found;
        long at;
        lock (_lock)
        {
            var fence = Volatile.Read(ref _words->Fence);
            if (fence == _words->ResumedFence || _isClosed)
            {
                return true;
            }

            if (_found?.Id == fence)
            {
                return false;
            }

            found = Get(_words, fence);
            _found = found;
            at = _words->FencedAt;
        }

        _fenced(found, at);
        Volatile.Write(ref _words->FoundFence, found.Id);
        return false;
    }

    /// <summary>Goes on after a fence.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is another one.</exception>
    /// <exception cref="BeatPageException">The page cannot be written; the fence holds.</exception>
    public void Resume(ulong fence)
    {
        lock (_lock)
        {
            RequireFence(fence);
            try
            {
                _page.WriteEngine(fence, isClosed: false);
            }
            catch (IOException e)
            {
                throw new BeatPageException(
                    BeatPageError.NotAccessible, $"The beat page {_page.Path} cannot be written, so that a restart would find the "
                        + $"fence again: {e.Message}", e);
            }

            Volatile.Write(ref _words->PulsedAt, Stopwatch.GetTimestamp());
            Volatile.Write(ref _words->ResumedFence, fence);
            _found = null;
        }
    }

    /// <summary>Refuses to go on from another fence than the one that holds.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is another one.</exception>
    public void RequireFence(ulong fence)
    {
        var found = Fence ?? throw new InvalidOperationException("No standby has fenced this engine: there is nothing to resume from.");
        if (found.Id != fence)
        {
            throw new InvalidOperationException(
                $"The engine is under {found}, and 0x{fence:x16} was named: look at what that standby did, then name its fence.");
        }
    }

    /// <summary>Closing takes so long at most, without pulses.</summary>
    public void BeginClosing(TimeSpan patience) =>
        Volatile.Write(ref _words->PulsedAt, Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency));

    /// <summary>The client was closed: a standby leaves. An unresolved fence stays in the page for the next start.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            Volatile.Write(ref _words->IsClosed, 1);
            try
            {
                _page.WriteEngine(_words->ResumedFence, isClosed: true);
            }
            catch (IOException)
            {
                // A page that cannot be written any more says nothing new: its engine has ended.
            }

            _page.Dispose();
        }

        GC.KeepAlive(_memory);
    }

    /// <summary>The fence that an earlier engine's page holds.</summary>
    /// <exception cref="BeatPageException">Another engine beats on it.</exception>
    private static StandbyFence? FenceOf(string path)
    {
        try
        {
            using var earlier = BeatPage.Open(path);
            return earlier.IsClosed || !earlier.Head.Process.IsRunning
                ? earlier.Fence
                : throw new BeatPageException(
                    BeatPageError.InUse, $"Process {earlier.Head.Process.Id} beats on {path} already: give each engine a beat page of "
                        + $"its own.");
        }
        catch (BeatPageException e) when (e.Error is BeatPageError.Missing or BeatPageError.Damaged or BeatPageError.OtherVersion)
        {
            return null;
        }
    }

    private static StandbyFence Get(BeatWords* words, ulong fence) => new(
        fence, (StandbyTrigger)words->Trigger, DateTimeOffset.FromUnixTimeMilliseconds(words->FencedUnixMilliseconds), words->FencedBy);

    private static void Put(BeatWords* words, in StandbyFence fence, long at)
    {
        words->FencedAt = at;
        words->FencedUnixMilliseconds = fence.FencedAt.ToUnixTimeMilliseconds();
        words->Trigger = (int)fence.Trigger;
        words->FencedBy = fence.ProcessId;
        Volatile.Write(ref words->Fence, fence.Id);
    }
}
