using System.Globalization;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

/// <summary>What is done to a book's file while the book is open: the process lives, the book fires, and the error is told.</summary>
public sealed class BookStorageTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-book-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "orders.book");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(9000)]
    public void A_truncated_file_is_noticed(int length)
    {
        using var book = Create(100);
        RunOnLinux("truncate", "-s", length.ToString(CultureInfo.InvariantCulture), Path);
        CheckLost(book, BookFileError.Overwritten, "truncated");
    }

    [Fact]
    public void A_file_that_a_backup_was_copied_over_is_noticed()
    {
        var backup = System.IO.Path.Combine(_folder.FullName, "backup");
        CancelBook.CreateFile(Path, Books.Options(100)).Dispose();
        File.Copy(Path, backup);
        using var book = CancelBook.OpenFile(Path, options: new CancelBookOptions { VerifyArmed = false });
        Books.ArmMany(book, 0, 50);
        RunOnLinux("cp", backup, Path);
        CheckLost(book, BookFileError.Overwritten, "overwritten");
    }

    [Fact]
    public void A_file_that_another_was_moved_over_is_noticed()
    {
        var other = System.IO.Path.Combine(_folder.FullName, "other");
        CancelBook.CreateFile(other, Books.Options(100)).Dispose();
        using var book = Create(100);
        File.Move(other, Path, overwrite: true);
        CheckLost(book, BookFileError.Overwritten, "another file");
    }

    [Fact]
    public void A_deleted_file_is_noticed()
    {
        using var book = Create(100);
        File.Delete(Path);
        CheckLost(book, BookFileError.Missing, "deleted");
    }

    [Fact]
    public void A_loss_is_noticed_by_whoever_flushes()
    {
        using var book = Create(100);
        File.Delete(Path);
        Assert.Equal(BookFileError.Missing, Assert.Throws<BookFileException>(book.Flush).Error);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_file_that_is_made_read_only_meanwhile_is_written_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        var folderMode = File.GetUnixFileMode(_folder.FullName);
        try
        {
            using (var book = Create(100))
            {
                File.SetUnixFileMode(Path, UnixFileMode.UserRead);
                File.SetUnixFileMode(_folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
                Books.ArmMany(book, 50, 10);
                Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
                book.Flush();
                Assert.Null(book.StorageFailure);
                Assert.Equal(59, Books.Panic(book, BookScope.All).Count);
            }

            using var copy = CancelBook.OpenReadOnly(Path);
            Assert.Equal((59, 59), (copy.Recovered.Orders, copy.Recovered.FiredBefore));
        }
        finally
        {
            File.SetUnixFileMode(_folder.FullName, folderMode);
        }
    }

    [Fact]
    public void A_disk_that_fills_up_keeps_no_order_of_a_book_out_of_its_file()
    {
        Assert.SkipUnless(SmallDisk.TryMount(_folder.FullName), "Mounting needs root.");
        try
        {
            using (var book = CancelBook.CreateFile(Path, Books.Options(1000)))
            {
                output.WriteLine(SmallDisk.Fill(_folder.FullName).Message);
                Books.ArmMany(book, 0, 1000);
                book.Flush();
                Assert.Null(book.StorageFailure);
            }

            using var opened = CancelBook.OpenFile(Path);
            Assert.Equal(1000, opened.Recovered.Orders);
        }
        finally
        {
            SmallDisk.Unmount(_folder.FullName);
        }
    }

    [Fact]
    public void A_write_that_the_disk_has_no_room_for_is_told_and_tried_again()
    {
        Assert.SkipUnless(SmallDisk.TryMount(_folder.FullName), "Mounting needs root.");
        try
        {
            using var book = CancelBook.CreateFile(Path, Books.Options(1000));

            // Its space is taken away, so that a write asks for room: as a file system does that copies on write.
            SmallDisk.Run("truncate", "-s", BookLayout.OrdersAt.ToString(CultureInfo.InvariantCulture), Path);
            SmallDisk.Run("truncate", "-s", BookLayout.LengthOf(1000).ToString(CultureInfo.InvariantCulture), Path);
            _ = SmallDisk.Fill(_folder.FullName);
            Books.ArmMany(book, 0, 1000);
            var failure = Assert.IsType<BookFileException>(book.StorageFailure);
            Assert.Equal(BookFileError.WriteFailed, failure.Error);
            Assert.Contains(Path, failure.Message, StringComparison.Ordinal);
            Assert.Contains("Free space", failure.Message, StringComparison.Ordinal);
            Assert.Equal(1000, Books.Panic(book, BookScope.All).Count);

            SmallDisk.MakeRoom(_folder.FullName);
            Wait.UntilSync(() => book.StorageFailure is null, "the write is tried again");
            book.Flush();
            using var copy = CancelBook.OpenReadOnly(Path);
            Assert.Equal(1000, copy.Recovered.FiredBefore);
        }
        finally
        {
            SmallDisk.Unmount(_folder.FullName);
        }
    }

    private CancelBook Create(int capacity)
    {
        var book = CancelBook.CreateFile(Path, Books.Options(capacity));
        Books.ArmMany(book, 0, 50);
        book.Flush();
        return book;
    }

    private static void RunOnLinux(string command, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the lock keeps others from changing the file, or the commands differ.");
        SmallDisk.Run(command, arguments);
    }

    private void CheckLost(CancelBook book, BookFileError expected, string mentions)
    {
        var before = book.Count;
        Wait.UntilSync(() => book.StorageFailure is not null, "the loss is noticed");
        var failure = book.StorageFailure!;
        output.WriteLine(failure.Message);
        Assert.Equal(expected, failure.Error);
        Assert.Contains(Path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(mentions, failure.Message, StringComparison.Ordinal);
        Assert.Contains("new file", failure.Message, StringComparison.Ordinal);

        // It goes on in memory.
        Books.ArmMany(book, 90, 1);
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
        Assert.Equal(before, Books.Panic(book, BookScope.All).Count);
        book.Reset();
    }
}
