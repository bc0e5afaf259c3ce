using System.Collections.Concurrent;
using System.Globalization;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Book;

/// <summary>Works on books until it is killed: <see cref="BookKillTests"/> starts it in a process of its own.</summary>
public sealed class BookKillProbe
{
    public const string Folder = "DMEX_TEST_BOOK_FOLDER";
    public const string SeedOfBooks = "DMEX_TEST_BOOK_SEED";
    public const int Count = 16;

    // Should the test that kills it be killed itself.
    private static readonly TimeSpan Longest = Wait.Long;

    [Fact]
    public void Works_on_books_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(Folder);
        Assert.SkipUnless(folder is not null, "Runs in a process of its own, started by another test.");
        var seed = int.Parse(Environment.GetEnvironmentVariable(SeedOfBooks)!, CultureInfo.InvariantCulture);
        using var progress = KilledBook.OpenProgress(folder, Count);
        using var failures = new BlockingCollection<Exception>();
        for (var i = 0; i < Count; i++)
        {
            var number = i;
            new Thread(() => failures.Add(Assert.ThrowsAny<Exception>(() => Work(folder, number, seed, progress))))
            {
                IsBackground = true,
            }.Start();
        }

        Assert.False(failures.TryTake(out var failure, Longest), failure?.ToString());
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
