using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>An order that was resolved, for the book: confirmed and gone orders leave it, refused ones stay.</summary>
/// <param name="Hash">The order.</param>
/// <param name="Kind">Confirmed, gone or rejected.</param>
/// <param name="Keeper">The cancel that is to keep the signature of an order that leaves the book, for another copy; null for none.</param>
internal readonly record struct SettledOrder(OrderHash Hash, CancelOutcomeKind Kind, TrackedCancel? Keeper = null);
