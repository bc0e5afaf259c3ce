using Dmex.Fast.Lab.Hosts;

namespace Dmex.Fast.Lab.Drills;

/// <summary>A drill's rounds.</summary>
/// <param name="Host">Where it ran.</param>
/// <param name="Rounds">In turn.</param>
internal sealed record DrillReport(HostReport Host, IReadOnlyList<DrillRound> Rounds)
{
    /// <summary>Whether the venue has none of the orders open, in any round.</summary>
    public bool IsClear => Rounds.All(round => round.OpenAtVenue == 0);
}
