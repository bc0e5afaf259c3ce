namespace Dmex.Fast;

/// <summary>How many orders a book holds, by state: <c>Armed + Fired + Rejected</c> is all of them.</summary>
/// <param name="Armed">
/// Go out with the next panic that covers them. Those that an earlier process fired without an answer are among them.
/// </param>
/// <param name="Fired">A panic has sent their cancels, and the venue has not answered.</param>
/// <param name="Rejected">The venue refused to cancel them; the next panic that covers them sends them again.</param>
/// <param name="Pending">Those of them that the venue was not yet seen to know (see <see cref="CancelBook.MarkLive"/>).</param>
public readonly record struct BookCounts(int Armed, int Fired, int Rejected, int Pending);
