using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>An order in a book, as it was when it was looked at. An immutable value.</summary>
/// <param name="Hash">The order.</param>
/// <param name="Tag">The caller's tag.</param>
/// <param name="Priority">0 to 7, 0 goes first.</param>
/// <param name="State">What is to be expected.</param>
/// <param name="Pending">Whether <see cref="CancelBook.MarkLive"/> was not called for it.</param>
public readonly record struct BookOrder(OrderHash Hash, ulong Tag, int Priority, BookOrderState State, bool Pending);
