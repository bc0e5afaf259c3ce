namespace Dmex.Fast;

/// <summary>What was found when a book was opened. An immutable value.</summary>
/// <param name="Orders">Orders that are whole and armed again.</param>
/// <param name="FiredBefore">Those of them whose cancels were sent before without a final answer; the next panic sends them again.</param>
/// <param name="Torn">Entries that were dropped, because they were not wholly written or are damaged.</param>
/// <param name="MissingBytes">
/// How much of the file's end was missing; it was filled up, and what stood there is among <paramref name="Torn"/>.
/// </param>
/// <param name="Latches">Scopes that are latched; see <see cref="CancelBook.Reset"/>.</param>
/// <param name="Openings">How often the file was opened, its creation and this time included.</param>
public readonly record struct BookRecovery(int Orders, int FiredBefore, int Torn, long MissingBytes, int Latches, int Openings);
