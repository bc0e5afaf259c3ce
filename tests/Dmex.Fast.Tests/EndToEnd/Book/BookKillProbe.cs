using System.Globalization;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Book;

/// <summary>Works on books until it is killed: <see cref="BookKillTests"/> starts it in a process of its own.</summary>
public sealed class BookKillProbe
{
    public const string Folder = "DMEX_TEST_BOOK_FOLDER";
    public const string SeedOfBooks = "DMEX_TEST_BOOK_SEED";
    public const int Count = 16;

    // Should the test that kills it be killed itself.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Fact]
    public void Works_on_books_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(Folder);
        Assert.SkipUnless(folder is not null, "Runs in a process of its own, started by another test.");
        var seed = int.Parse(Environment.GetEnvironmentVariable(SeedOfBooks)!, CultureInfo.InvariantCulture);
        using var progress = KilledBook.OpenProgress(folder, Count);
        for (var i = 0; i < Count; i++)
        {
            var number = i;
            new Thread(() => Work(folder, number, seed, progress)) { IsBackground = true }.Start();
        }

        Thread.Sleep(Longest);
    }

    private static void Work(string folder, int number, int seed, UnmanagedMemoryAccessor progress)
    {
        using var book = CancelBook.OpenFile(KilledBook.PathOf(folder, number), options: new CancelBookOptions { VerifyArmed = false });
        var operations = new KilledBook(seed + number);
        for (var step = progress.ReadInt64(number * 64); ; step++)
        {
            operations.Do(book, step);
            progress.Write(number * 64, step + 1);
        }
    }
}
