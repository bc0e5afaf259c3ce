using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>An order that was resolved, for the book: confirmed and gone orders leave it, refused ones stay.</summary>
/// <param name="Hash">The order.</param>
/// <param name="Kind">Confirmed, gone or rejected.</param>
/// <param name="Slot">The slot of the book that the cancel stood for, now or last; <see cref="TrackedCancel.NoSlot"/> for none.</param>
/// <param name="SlotGeneration">Which order the slot held: its stay in the book, and no later one of the same order.</param>
/// <param name="Gone">Why it is gone.</param>
/// <param name="Keeper">The cancel that is to keep the signature of an order that leaves the book, for another copy; null for none.</param>
internal readonly record struct SettledOrder(
    OrderHash Hash,
    CancelOutcomeKind Kind,
    int Slot,
    uint SlotGeneration,
    GoneReason Gone = GoneReason.None,
    TrackedCancel? Keeper = null)
{
    /// <summary>
    /// It is gone because the venue does not have it, which it may not have yet when its owner arms it again. What the venue says of an
    /// order that it knows holds for every stay in the book.
    /// </summary>
    public bool IsByAbsence => Gone is GoneReason.NotFound or GoneReason.NotListed;
}
