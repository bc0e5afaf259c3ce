using System.Diagnostics;
using Dmex.Fast.Beats;

namespace Dmex.Fast.Standby.Local;

/// <summary>
/// Looks at an engine on a thread of its own: sleeps on the process's end, and wakes for the pulses. What it decides is carried out on that
/// thread, before anything else. Ends with the first verdict that leaves nothing to watch.
/// </summary>
internal sealed unsafe class EngineWatch : IDisposable
{
    private readonly WatchRules _rules;
    private readonly EngineProcess _process;
    private readonly BeatMemory? _memory;
    private readonly BeatPage _page;
    private readonly Func<bool> _isReplaced;
    private readonly Action<WatchVerdict, WatchSighting> _act;
    private readonly int _patience;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <param name="rules">Decide.</param>
    /// <param name="process">The engine's; the caller's.</param>
    /// <param name="memory">Its beats; null when they are gone with it.</param>
    /// <param name="page">Its page; the caller's.</param>
    /// <param name="isReplaced">Whether another engine has taken the page.</param>
    /// <param name="act">Carries a verdict out; must not block, and not throw.</param>
    public EngineWatch(
        WatchRules rules,
        EngineProcess process,
        BeatMemory? memory,
        BeatPage page,
        Func<bool> isReplaced,
        Action<WatchVerdict, WatchSighting> act)
    {
        _rules = rules;
        _process = process;
        _memory = memory;
        _page = page;
        _isReplaced = isReplaced;
        _act = act;
        _patience = (int)Math.Clamp(rules.Ttl * 1000 / Stopwatch.Frequency / 20, 1, 10);
        _thread = new Thread(Run) { IsBackground = true, Name = "dmex-watch", Priority = ThreadPriority.Highest };
    }

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends the thread and waits for it.</summary>
    public void Dispose()
    {
        _isStopping = true;
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        var state = WatchRules.Begin(Stopwatch.GetTimestamp(), isFenced: !HasResumed());
        while (!_isStopping)
        {
            var hasEnded = _process.HasEnded(_patience);
            var seen = new WatchSighting(
                Stopwatch.GetTimestamp(),
                hasEnded,
                IsClosed(),
                _isReplaced(),
                _memory is null ? 0 : Volatile.Read(ref _memory.Words->PulsedAt),
                _memory is not null && Volatile.Read(ref _memory.Words->FoundFence) == _memory.Words->Fence,
                HasResumed());
            (var verdict, state) = _rules.Decide(state, seen);
            NoteWatched(seen.Now);
            if (verdict != WatchVerdict.Wait)
            {
                _act(verdict, seen);
            }

            if (verdict is WatchVerdict.Leave or WatchVerdict.Follow or WatchVerdict.Resume or WatchVerdict.Conclude)
            {
                return;
            }
        }
    }

    /// <summary>Lets status and engine see that somebody watches who can fire.</summary>
    private void NoteWatched(long now)
    {
        if (_memory is not null && !_rules.IsDryRun)
        {
            _memory.Words->WatchedBy = Environment.ProcessId;
            Volatile.Write(ref _memory.Words->WatchedAt, now);
        }
    }

    private bool IsClosed() => _memory is null ? _page.IsClosed : Volatile.Read(ref _memory.Words->IsClosed) != 0;

    private bool HasResumed() => _memory?.HasResumed ?? true;
}
