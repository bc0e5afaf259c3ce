namespace Dmex.Fast.Book;

/// <summary>
/// What became of the orders that a panic fired:
/// <c>Fired = Confirmed + Gone + NotFound + Rejected + Unresolved + Superseded + Forgotten</c>.
/// </summary>
/// <param name="Fired">Orders whose cancels it took, those that it took over from an earlier panic among them.</param>
/// <param name="Confirmed">The venue said that they are canceled.</param>
/// <param name="Gone">The venue said that they were not open any more.</param>
/// <param name="NotFound">The venue did not know them, and they were never marked live.</param>
/// <param name="Rejected">The venue refused to cancel them.</param>
/// <param name="Unresolved">Nobody knows yet.</param>
/// <param name="Superseded">Unresolved or rejected when a later panic took them over.</param>
/// <param name="Forgotten">The caller took them out of the book.</param>
/// <param name="LastClosed">When the last of them was confirmed or gone; 0 for never.</param>
internal readonly record struct PanicCounts(
    int Fired, int Confirmed, int Gone, int NotFound, int Rejected, int Unresolved, int Superseded, int Forgotten, long LastClosed);
