using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>An order that was resolved, for the book: confirmed and gone orders leave it, refused ones stay.</summary>
/// <param name="Hash">The order.</param>
/// <param name="Kind">Confirmed, gone or rejected.</param>
/// <param name="Slot">The slot of the book that the cancel stood for; <see cref="TrackedCancel.NoSlot"/> for none.</param>
/// <param name="SlotGeneration">Which order the slot held: a refusal of one that has left the book is not of one that came back.</param>
/// <param name="Keeper">The cancel that is to keep the signature of an order that leaves the book, for another copy; null for none.</param>
internal readonly record struct SettledOrder(
    OrderHash Hash, CancelOutcomeKind Kind, int Slot, uint SlotGeneration, TrackedCancel? Keeper = null);
