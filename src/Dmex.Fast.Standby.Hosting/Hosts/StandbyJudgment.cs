using System.Globalization;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Standby.Hosting.Hosts;

/// <summary>Judges what is known of an engine's standbys: a pure function.</summary>
internal static class StandbyJudgment
{
    /// <summary>Whether orders would stay open if the engine died now, or it must not trade.</summary>
    public static bool IsUnhealthy(StandbyCondition condition) => condition <= StandbyCondition.Unguarded;

    /// <summary>Whether a standby would fire if the engine died now.</summary>
    public static bool IsAble(StandbyView standby, TimeSpan ttl) => standby.CanFire && standby.Silent < ttl;

    /// <summary>A standby's id, by which metrics name it.</summary>
    public static string IdOf(StandbyView standby) => standby.Id.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>What is wrong, the worst first, each with a text.</summary>
    /// <param name="options">Of the cluster.</param>
    /// <param name="state">The engine's.</param>
    /// <param name="fence">Its fence.</param>
    /// <param name="standbys">Its standbys.</param>
    /// <param name="servers">The cluster's; empty where the link is another one.</param>
    public static SortedDictionary<StandbyCondition, string> Judge(
        StandbyClusterOptions options,
        in StandbyEngineState state,
        StandbyFence? fence,
        IReadOnlyList<StandbyView> standbys,
        IReadOnlyList<NatsServerStatus> servers)
    {
        SortedDictionary<StandbyCondition, string> found = [];
        if (fence is { } holds)
        {
            found[StandbyCondition.Fenced] = $"a standby has fired the book ({holds}): it is latched until ResumeAsync";
        }
        else if (state.IsLatched)
        {
            found[StandbyCondition.Isolated] = state.Touch == EngineTouch.Fenced
                ? "another engine has claimed a higher generation of this book, which is latched"
                : "this engine is or was cut off from standbys and servers: the book is latched until ResumeAsync";
        }
        else if (state.Touch == EngineTouch.Isolated)
        {
            found[StandbyCondition.Isolated] = "this engine is cut off from standbys and servers, and may be fired: the book is not "
                + "latched, for OnEngineIsolated is Alarm";
        }

        if (state.Generation == 0)
        {
            found[StandbyCondition.NotStarted] = "no generation is claimed yet: nobody would fire";
        }
        else if (!found.ContainsKey(StandbyCondition.Isolated)
            && !state.IsLatched
            && !standbys.Any(standby => IsAble(standby, options.Ttl)))
        {
            found[StandbyCondition.Unguarded] = "no standby that can fire acknowledges: nobody would fire";
        }

        if (state.IsLagging)
        {
            found[StandbyCondition.Lagging] = Text($"no standby holds what changed {state.Lag.TotalSeconds:0.0} s ago");
        }

        if (state.DurableLag > options.MaxReplicationLag)
        {
            found[StandbyCondition.StreamBehind] = Text($"the stream does not hold what changed {state.DurableLag.TotalSeconds:0.0} s ago");
        }

        foreach (var standby in standbys.Where(standby => !standby.CanFire && standby.Silent < options.Ttl))
        {
            found[StandbyCondition.UnableStandby] =
                $"standby {IdOf(standby)} cannot fire: a dry run, or its connection to the venue is down";
        }

        JudgeServers(servers, found);
        return found;
    }

    private static void JudgeServers(IReadOnlyList<NatsServerStatus> servers, SortedDictionary<StandbyCondition, string> found)
    {
        var down = servers.Where(server => !server.IsConnected).ToArray();
        if (down.Length == 0)
        {
            return;
        }

        found[StandbyCondition.ServerDown] = string.Join(
            "; ", down.Select(server => $"server {server.Address} is not connected: {server.Problem?.TrimEnd('.') ?? "not reached yet"}"));
        if (2 * (servers.Count - down.Length) <= servers.Count)
        {
            found[StandbyCondition.NoMajority] = Text(
                $"{servers.Count - down.Length} of {servers.Count} servers are connected: no majority");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
