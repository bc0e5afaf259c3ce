namespace Dmex.Fast;

/// <summary>What happens to a cancel when the table of cancels in flight is full.</summary>
public enum InFlightFullPolicy
{
    /// <summary>It is not accepted: nothing is sent and the outcome is unresolved, <see cref="UnresolvedReason.TableFull"/>, at once.</summary>
    Reject,

    /// <summary>
    /// It waits for room, in turn, until its own deadline; as many may wait as the table holds. When the deadline comes
    /// first, nothing was sent and the outcome is unresolved, <see cref="UnresolvedReason.TableFull"/>.
    /// </summary>
    Wait,
}
