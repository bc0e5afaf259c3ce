namespace Dmex.Fast.Standby.Deciding;

/// <summary>The times and policies of a decision; validated before.</summary>
/// <param name="Ttl">The silence that counts as the engine's end.</param>
/// <param name="IsolatedAfter">The silence after which a standby without witnesses acts; at least <paramref name="Ttl"/>.</param>
/// <param name="OnIsolated">What it does then.</param>
/// <param name="Servers">How many servers can be witnesses; 0: silence alone decides.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
internal sealed record DecisionOptions(TimeSpan Ttl, TimeSpan IsolatedAfter, IsolationPolicy OnIsolated, int Servers, bool DryRun)
{
    /// <summary>How long after another standby's fence this one sends what was not reported closed.</summary>
    public static readonly TimeSpan SecondAfter = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(250);

    /// <summary>Longer between two ticks, and the process itself was stopped.</summary>
    public TimeSpan MaxGap { get; } = Ttl / 4 < LongestGap ? Ttl / 4 : LongestGap;

    /// <summary>How long a majority must have been witness, and how old the question may be that makes a server one.</summary>
    public TimeSpan Contact { get; } = Ttl / 4;

    /// <summary>Whether so many distinct servers are a majority; where there are none, nobody is needed.</summary>
    public bool IsMajority(int witnesses) => witnesses * 2 > Servers || Servers == 0;
}
