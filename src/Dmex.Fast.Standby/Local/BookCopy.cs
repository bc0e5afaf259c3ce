using Dmex.Fast.Beats;
using Dmex.Fast.Book.Storage;

namespace Dmex.Fast.Standby.Local;

/// <summary>
/// An engine's book in this process: its file, opened to be read beside the engine, and a book in memory of what it holds.
/// </summary>
/// <param name="File">The file.</param>
/// <param name="Capacity">How many orders it takes.</param>
/// <param name="Book">Empty at first.</param>
internal sealed record BookCopy(BookFile File, int Capacity, CancelBook Book)
{
    // What the engine removes while this process still follows it needs a place beside what the engine puts there.
    private const int MinSlack = 1024;
    private const int SlackShare = 8;

    /// <summary>Opens an engine's book.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">The engine's page, which names the book.</param>
    /// <exception cref="BookFileException">
    /// The file is not there, not a book, damaged or open to others; the message says which.
    /// </exception>
    /// <exception cref="BeatPageException">The engine has another book.</exception>
    public static BookCopy Open(string path, BeatPage page)
    {
        var file = BookFile.OpenToCopy(path, _ => { }, out var preamble);
        try
        {
            if (preamble.Account != page.Head.Account)
            {
                throw Other($"{path} holds the orders of {preamble.Account}, and the engine of {page.Path} is of "
                    + $"{page.Head.Account}", page);
            }

            if (file.Mark != page.Head.Book)
            {
                throw Other($"{path} is not the file that the engine of {page.Path} has open", page);
            }

            var options = new CancelBookOptions
            {
                Capacity = Math.Min(preamble.Capacity + Math.Max(MinSlack, preamble.Capacity / SlackShare), BookLayout.MaxCapacity),
                Account = preamble.Account,
                Endpoint = preamble.Endpoint,
                VerifyArmed = false, // by the engine, when it armed them; the file is its owner's alone
            };
            return new BookCopy(file, preamble.Capacity, CancelBook.Create(options));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static BeatPageException Other(string what, BeatPage page) => new(
        BeatPageError.OtherBook, $"{what}: name the book {page.Head.BookPath}, or the beat page of the engine that has this one.");
}
