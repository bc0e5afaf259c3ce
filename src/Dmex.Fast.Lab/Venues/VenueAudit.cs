using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Venues;

/// <summary>What the venue knows about a list of orders once it has checked every signature.</summary>
/// <param name="CanceledByOwner">How many are canceled by a message with a valid signature of the owner.</param>
/// <param name="NotCanceled">The hashes of the others, at most <see cref="MaxListed"/>.</param>
/// <param name="Violations">What the venue answered and should not have, or what it saw and should not have seen.</param>
internal sealed record VenueAudit(int CanceledByOwner, IReadOnlyList<string> NotCanceled, IReadOnlyList<string> Violations)
{
    /// <summary>How many hashes and violations are listed at most.</summary>
    public const int MaxListed = 10;

    /// <summary>What went wrong first, in words, or null.</summary>
    [JsonIgnore]
    public string? FirstFailure => this switch
    {
        { NotCanceled.Count: > 0 } => $"the venue holds order {NotCanceled[0]} as not canceled by its owner",
        { Violations.Count: > 0 } => $"the venue reports a violation: {Violations[0]}",
        _ => null,
    };
}
