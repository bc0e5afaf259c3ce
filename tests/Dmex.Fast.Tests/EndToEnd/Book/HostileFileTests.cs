using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Book;

/// <summary>
/// A client whose book's file is destroyed under it: the process lives, the error is told, and the panic goes out from memory.
/// </summary>
public sealed class HostileFileTests : IDisposable
{
    private const int Orders = 500;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-book-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "orders.book");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("truncated", BookFileError.Overwritten)]
    [InlineData("copied over", BookFileError.Overwritten)]
    [InlineData("filled with other bytes", BookFileError.Overwritten)]
    [InlineData("replaced by a folder", BookFileError.Overwritten)]
    [InlineData("deleted", BookFileError.Missing)]
    public async Task A_panic_cancels_every_order_of_a_book_whose_file_was(string harm, BookFileError expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the lock keeps others from changing the file, or the commands differ.");
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        var options = new CancelBookOptions { Capacity = 2 * Orders, Endpoint = venue.Url };
        var backup = System.IO.Path.Combine(_folder.FullName, "backup");
        CancelBook.CreateFile(backup, options, key).Dispose();
        using var book = CancelBook.CreateFile(Path, options, key);
        Arm(venue, book, 0, Orders, key.Address.ToString());
        await using var client = await TestClient.ConnectAsync(venue.Url, o => o.Book = book);

        Harm(harm, backup);
        Arm(venue, book, Orders, Orders, key.Address.ToString());
        var report = await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).Soon();
        await Wait.Until(() => book.StorageFailure is not null, "the loss is noticed");

        Assert.Equal((2 * Orders, 2 * Orders), (report.Orders, report.Confirmed));
        Assert.Equal(2 * Orders, venue.CanceledCount);
        Assert.Equal(expected, book.StorageFailure!.Error);
        Assert.Contains(Path, book.StorageFailure.Message, StringComparison.Ordinal);
        Assert.Contains("new file", book.StorageFailure.Message, StringComparison.Ordinal); // what to do
        _ = Assert.Throws<BookFileException>(book.Flush);
    }

    private void Harm(string kind, string backup)
    {
        switch (kind)
        {
            case "truncated":
                SmallDisk.Run("truncate", "-s", "0", Path);
                break;
            case "copied over":
                SmallDisk.Run("cp", backup, Path);
                break;
            case "filled with other bytes":
                SmallDisk.Run("dd", "if=/dev/urandom", $"of={Path}", "bs=4096", "count=8", "conv=notrunc");
                break;
            case "replaced by a folder":
                File.Delete(Path);
                _ = Directory.CreateDirectory(Path);
                break;
            default:
                File.Delete(Path);
                break;
        }
    }

    private static void Arm(SimulatedVenue venue, CancelBook book, int from, int count, string owner)
    {
        for (var number = from; number < from + count; number++)
        {
            var hash = TestClient.Hash(number);
            venue.OpenOrder(hash.AsSpan(), Convert.FromHexString(owner.AsSpan(2)));
            Assert.Equal(ArmResult.Armed, book.Arm(hash, 0));
        }
    }
}
