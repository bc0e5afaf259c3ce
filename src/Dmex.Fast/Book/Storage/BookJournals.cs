namespace Dmex.Fast.Book.Storage;

/// <summary>
/// Hands a book's records to several journals. The last one may fail: the others are called before it, must not throw or block, and
/// get the same records again when it did. <see cref="Add"/>, <see cref="Remove"/> and <see cref="Write"/> one call at a time.
/// </summary>
/// <param name="last">The book's file; null without one.</param>
internal sealed class BookJournals(IBookJournal? last) : IBookJournal
{
    private IBookJournal[] _journals = last is null ? [] : [last];

    /// <summary>Adds a journal before the others.</summary>
    public void Add(IBookJournal journal) => _journals = [journal, .. _journals];

    /// <summary>Takes a journal out.</summary>
    public void Remove(IBookJournal journal) => _journals = [.. _journals.Where(other => other != journal)];

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BookRecord> records)
    {
        foreach (var journal in _journals)
        {
            journal.Write(records);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        foreach (var journal in _journals)
        {
            journal.Flush();
        }
    }

    /// <inheritdoc/>
    public void Verify()
    {
        foreach (var journal in _journals)
        {
            journal.Verify();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var journal in _journals)
        {
            journal.Dispose();
        }
    }
}
