namespace Dmex.Fast.Book.Storage;

/// <summary>
/// Receives every change of a book, as records of whole places with a growing sequence. Called outside the book's lock, and
/// never by a thread that fires a panic: it may block. The book's file is one; it may throw whatever it likes, which the book
/// reports and then hands it the same records again.
/// </summary>
internal interface IBookJournal : IDisposable
{
    /// <summary>Takes records; when this returns, the end of the process loses none of them. One call at a time.</summary>
    /// <param name="records">Complete ones, in the order of their sequence.</param>
    void Write(ReadOnlySpan<BookRecord> records);

    /// <summary>Waits until what was written is safe from a power failure. Beside <see cref="Write"/>, which goes on meanwhile.</summary>
    void Flush();

    /// <summary>Looks whether what was written is still there. One call at a time, beside <see cref="Write"/>.</summary>
    /// <exception cref="BookFileException">It is not: nothing that is written from now on helps.</exception>
    void Verify();
}
