using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby;

/// <summary>Whose orders a book's stream holds, as its engine claimed it. An immutable value.</summary>
/// <param name="Account">The account.</param>
/// <param name="Endpoint">The venue's address, as the engine's book has it.</param>
public sealed record StandbyOwner(EthereumAddress Account, Uri Endpoint)
{
    /// <summary>
    /// The silence after which the engine expects to be fired, in whole milliseconds: a standby's
    /// <see cref="StandbyClusterOptions.Ttl"/> must be the same. Null: not known.
    /// </summary>
    public TimeSpan? Ttl { get; init; }
}
