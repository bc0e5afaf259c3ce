namespace Dmex.Fast.Book;

/// <summary>Where an order is in the book.</summary>
/// <param name="IsThere">Whether it is in the book; if not, the rest says nothing.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Generation">The slot's generation: with another one, the slot holds another order.</param>
/// <param name="IsLive">Whether the venue is known to have had it.</param>
internal readonly record struct BookPlace(bool IsThere, int Slot, uint Generation, bool IsLive);
