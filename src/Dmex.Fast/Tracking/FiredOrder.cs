using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>An order that a panic fires from the book.</summary>
/// <param name="Hash">The order.</param>
/// <param name="Slot">The slot that holds its frame.</param>
/// <param name="SlotGeneration">Which of the orders that were in the slot it is.</param>
internal readonly record struct FiredOrder(OrderHash Hash, int Slot, uint SlotGeneration);
