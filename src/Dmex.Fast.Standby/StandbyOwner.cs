using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby;

/// <summary>Whose orders a book's stream holds, as its engine claimed it. An immutable value.</summary>
/// <param name="Account">The account.</param>
/// <param name="Endpoint">The venue's address, as the engine's book has it.</param>
public sealed record StandbyOwner(EthereumAddress Account, Uri Endpoint);
