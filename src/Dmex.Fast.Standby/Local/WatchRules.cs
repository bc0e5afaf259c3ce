using System.Diagnostics;

namespace Dmex.Fast.Standby.Local;

/// <summary>
/// Decides what a watch does after a look: a pure function of what was remembered and what was seen.
/// <code>
/// fired | closed | ended | own gap | replaced | silent for Ttl | verdict
/// no    | yes    | any   | any     | any      | any            | Leave
/// no    | no     | yes   | any     | any      | any            | FireKilled
/// no    | no     | no    | yes     | any      | any            | Restart: silence counts from now on
/// no    | no     | no    | no      | yes      | any            | Follow
/// no    | no     | no    | no      | no       | yes            | FireSilent
/// no    | no     | no    | no      | no       | no             | Wait; also before the first pulse
/// yes   | yes, or ended            | any      | any            | Conclude
/// yes   | no     | no    | any     | yes      | any            | Follow
/// yes   | no     | no    | any     | no       | any            | Resume when the engine has; NoteFound, once, when it has found the
///                                                               fence; Recover when it pulses, in a dry run; else Wait
/// </code>
/// An own gap is a time between two looks of more than a quarter of the Ttl: then this process was stopped itself, and perhaps the whole
/// host with it, so that an engine in the best of health has not pulsed either.
/// </summary>
/// <param name="Ttl">After how much silence it fires, in ticks.</param>
/// <param name="IsDryRun">Whether nothing is fenced.</param>
internal readonly record struct WatchRules(long Ttl, bool IsDryRun)
{
    /// <summary>The rules for a time.</summary>
    public static WatchRules Of(TimeSpan ttl, bool isDryRun) => new((long)(ttl.TotalSeconds * Stopwatch.Frequency), isDryRun);

    /// <summary>What is remembered at the beginning.</summary>
    /// <param name="now">When.</param>
    /// <param name="isFenced">A fence holds already.</param>
    public static WatchState Begin(long now, bool isFenced) => new(now, now, isFenced, HasFound: false, FiredPulse: 0);

    /// <summary>The verdict, and what is remembered for the next look.</summary>
    public (WatchVerdict Verdict, WatchState Next) Decide(in WatchState state, in WatchSighting seen)
    {
        var next = state with { LookedAt = seen.Now };
        return state.HasFired ? DecideFired(next, seen) : DecideWatching(next, seen, seen.Now - state.LookedAt);
    }

    private (WatchVerdict Verdict, WatchState Next) DecideWatching(in WatchState next, in WatchSighting seen, long gap)
    {
        if (seen.IsClosed)
        {
            return (WatchVerdict.Leave, next);
        }

        if (seen.HasEnded)
        {
            return (WatchVerdict.FireKilled, Fired(next, seen));
        }

        if (gap > Ttl / 4)
        {
            return (WatchVerdict.Restart, next with { CountsFrom = seen.Now });
        }

        if (seen.IsReplaced)
        {
            return (WatchVerdict.Follow, next);
        }

        return seen.PulsedAt != 0 && seen.Now - Math.Max(seen.PulsedAt, next.CountsFrom) >= Ttl
            ? (WatchVerdict.FireSilent, Fired(next, seen))
            : (WatchVerdict.Wait, next);
    }

    private (WatchVerdict Verdict, WatchState Next) DecideFired(in WatchState next, in WatchSighting seen)
    {
        if (seen.IsClosed || seen.HasEnded)
        {
            return (WatchVerdict.Conclude, next);
        }

        if (seen.IsReplaced)
        {
            return (WatchVerdict.Follow, next);
        }

        if (IsDryRun)
        {
            return seen.PulsedAt != next.FiredPulse ? (WatchVerdict.Recover, Begin(seen.Now, isFenced: false)) : (WatchVerdict.Wait, next);
        }

        if (seen.HasResumed)
        {
            return (WatchVerdict.Resume, next);
        }

        return seen.HasFound && !next.HasFound ? (WatchVerdict.NoteFound, next with { HasFound = true }) : (WatchVerdict.Wait, next);
    }

    private static WatchState Fired(in WatchState next, in WatchSighting seen) => next with { HasFired = true, FiredPulse = seen.PulsedAt };
}
