using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby;

/// <summary>An order that a standby can cancel. An immutable value; anyone who holds it can cancel the order.</summary>
/// <param name="Hash">The order.</param>
/// <param name="Signature">The account's signature of it, as the engine sent it.</param>
/// <param name="Tag">The engine's tag.</param>
/// <param name="Priority">0 to 7, 0 goes first.</param>
/// <param name="IsLive">Whether the engine saw that the venue knows the order.</param>
public readonly record struct StandbyOrder(OrderHash Hash, Signature Signature, ulong Tag, int Priority, bool IsLive);
