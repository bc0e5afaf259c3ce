using System.Runtime.InteropServices;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Cli;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

public sealed class BookFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-book-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "orders.book");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_book_is_opened_and_fired_without_the_key()
    {
        var messages = new Dictionary<OrderHash, byte[]>();
        using (var key = Books.Key())
        using (var book = CancelBook.CreateFile(Path, new CancelBookOptions { Capacity = 100, Endpoint = Books.Endpoint }, key))
        {
            for (var number = 0; number < 20; number++)
            {
                Assert.Equal(ArmResult.Armed, book.Arm(Books.Hash(number), (ulong)number % 2, number % 8));
            }

            Assert.Equal(ArmResult.Updated, book.Arm(Books.Hash(2), 1, 7));
            Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(3)));
            Assert.True(book.MarkLive(Books.Hash(4)));
            book.Flush();
            using var signer = new OrderSigner(key);
            foreach (var order in book.ListOrders(BookScope.All))
            {
                signer.Sign(order.Hash, out var signature);
                messages[order.Hash] = new byte[CancelMessage.Length];
                CancelMessage.Write(order.Hash, signature, messages[order.Hash]);
            }
        }

        using var opened = CancelBook.OpenFile(Path);
        Assert.Equal(new BookRecovery(19, 0, 0, 0, 0, 2), opened.Recovered);
        Assert.Equal(Books.Endpoint, opened.Endpoint);
        Assert.Equal(100, opened.Capacity);
        Assert.Equal(new BookCounts(19, 0, 0, 18), opened.CountsByState);
        Assert.Throws<InvalidOperationException>(() => opened.Arm(Books.Hash(50), 0));

        var fired = Books.Panic(opened, new BookScope(1, 1));
        Assert.Equal([1, 2, 5, 7, 9, 11, 13, 15, 17, 19], Books.Numbers(fired).Order());
        Assert.All(fired, order => Assert.Equal(messages[order.Hash], Books.Unmask(order.Frame)));
    }

    [Fact]
    public void What_was_sent_without_an_answer_is_sent_again_under_another_mask()
    {
        Dictionary<int, uint> keys;
        using (var book = CancelBook.CreateFile(Path, Books.Options(70)))
        {
            Books.ArmMany(book, 0, 70);
            keys = Books.Panic(book, BookScope.All).ToDictionary(order => Books.Number(order.Hash), order => Books.MaskingKey(order.Frame));
            Assert.True(book.Resolve(Books.Hash(0), CancelOutcomeKind.Confirmed, GoneReason.None, 1));
            Assert.True(book.Resolve(Books.Hash(1), CancelOutcomeKind.AlreadyGone, GoneReason.Filled, 1));
            Assert.True(book.Resolve(Books.Hash(2), CancelOutcomeKind.Rejected, GoneReason.None, 1));
        }

        using var opened = CancelBook.OpenFile(Path, options: new CancelBookOptions { VerifyArmed = false });
        Assert.Equal(new BookRecovery(68, 68, 0, 0, 1, 2), opened.Recovered);

        // The latch still holds.
        Assert.True(opened.IsLatched);
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(opened, 100));
        opened.Reset();
        Assert.Equal(DisarmResult.AlreadyFired, opened.Disarm(Books.Hash(5)));
        var fired = Books.Panic(opened, BookScope.All);
        Assert.Equal(Enumerable.Range(2, 68).Append(100), Books.Numbers(fired).Order());
        Assert.All(fired.Where(order => Books.Number(order.Hash) != 100), order => Assert.NotEqual(keys[Books.Number(order.Hash)], Books.MaskingKey(order.Frame)));
        Assert.All(fired, order => Assert.Equal(Books.Message(Books.Number(order.Hash)), Books.Unmask(order.Frame)));
    }

    [Fact]
    public void Latches_and_panic_numbers_survive()
    {
        int last;
        using (var book = CancelBook.CreateFile(Path, Books.Options(10)))
        {
            _ = book.Latch(new BookScope(0xF, 1));
            _ = book.Latch(new BookScope(0xFF, 1));
            _ = book.Latch(BookScope.Where(tag => tag == 9));
            last = book.Latch(new BookScope(0xF, 2));
        }

        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(3, opened.Recovered.Latches);
            Assert.True(opened.Covers(0x31) && opened.Covers(0x42) && !opened.Covers(9));
            var cursor = CancelBook.OpenCursor(last);
            Assert.Empty(Books.FireAll(opened, ref cursor));
            Assert.Equal(last + 1, opened.Latch(BookScope.All));
        }

        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(1, opened.Recovered.Latches);
            opened.Reset();
        }

        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(0, opened.Recovered.Latches);
            Assert.Equal(last + 2, opened.Latch(BookScope.All));
            Assert.Equal(4, opened.Recovered.Openings);
        }
    }

    [Fact]
    public void Any_wrong_byte_of_the_last_entry_loses_at_most_that_entry()
    {
        var layout = new BookLayout(3);
        var good = MakeThree();
        var entry = layout.EntriesAt + (2 * Marshal.SizeOf<BookEntry>());
        var frame = layout.FramesAt + (2 * 273);
        var places = Enumerable.Range((int)BookLayout.WordsAt + 8, 4)
            .Concat(Enumerable.Range((int)entry, Marshal.SizeOf<BookEntry>()))
            .Concat(Enumerable.Range((int)frame, 273)).ToArray();
        var lost = 0;
        foreach (var place in places)
        {
            foreach (var wrong in new byte[] { 0x01, 0x80, 0xFF })
            {
                var bytes = (byte[])good.Clone();
                bytes[place] ^= wrong;
                lost += CheckLosesAtMostTheLast(bytes, expectLoss: place < entry + 32 || place >= frame) ? 1 : 0;
            }
        }

        output.WriteLine($"{places.Length} bytes; the entry was dropped {lost} times of {places.Length * 3}.");

        // All but the tag record that does not count (16 bytes).
        Assert.Equal((places.Length - 16) * 3, lost);
    }

    [Fact]
    public void A_file_cut_within_the_last_frame_loses_at_most_that_entry()
    {
        var layout = new BookLayout(3);
        var good = MakeThree();
        for (var length = (int)layout.FramesAt + (2 * 273); length < good.Length; length++)
        {
            Assert.True(CheckLosesAtMostTheLast(good.AsSpan(0, length).ToArray(), expectLoss: true));
        }

        // Before that, more is lost, but the rest is not.
        File.WriteAllBytes(Path, good.AsSpan(0, (int)layout.FramesAt + 273 + 10).ToArray());
        using var opened = CancelBook.OpenFile(Path);
        Assert.Equal(new BookRecovery(1, 0, 2, (2 * 273) - 10, 0, 2), opened.Recovered);
        Assert.Equal([0], Books.Numbers(Books.Panic(opened, BookScope.All)));
    }

    [Fact]
    public void A_dropped_entrys_place_is_used_again()
    {
        var layout = new BookLayout(3);
        var bytes = MakeThree();
        bytes[layout.FramesAt + 273] ^= 1;
        File.WriteAllBytes(Path, bytes);
        using (var opened = CancelBook.OpenFile(Path, options: new CancelBookOptions { VerifyArmed = false }))
        {
            Assert.Equal(1, opened.Recovered.Torn);
            Assert.Equal(ArmResult.Armed, Books.Arm(opened, 7));
            Assert.Equal(ArmResult.Full, Books.Arm(opened, 8));
        }

        using var again = CancelBook.OpenFile(Path);
        Assert.Equal(new BookRecovery(3, 0, 0, 0, 0, 3), again.Recovered);
        Assert.Equal([0, 2, 7], Books.Numbers(Books.Panic(again, BookScope.All)).Order());
    }

    [Fact]
    public void A_book_has_one_user_at_a_time()
    {
        var book = CancelBook.CreateFile(Path, Books.Options(10));
        Refused(BookFileError.Locked, () => CancelBook.OpenFile(Path));
        book.Dispose();
        CancelBook.OpenFile(Path).Dispose();
    }

    [Fact]
    public void A_book_is_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        CancelBook.CreateFile(Path, Books.Options(10)).Dispose();
#pragma warning disable CA1416 // Skipped on Windows.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        foreach (var others in new[] { UnixFileMode.GroupRead, UnixFileMode.GroupWrite, UnixFileMode.OtherRead, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
            Refused(BookFileError.OpenToOthers, () => CancelBook.OpenFile(Path));
        }
#pragma warning restore CA1416
    }

    [Fact]
    public void A_file_that_is_there_is_not_overwritten()
    {
        var good = MakeThree();
        Refused(BookFileError.NotAccessible, () => CancelBook.CreateFile(Path, Books.Options(3)));
        Assert.Equal(good, File.ReadAllBytes(Path));
    }

    [Fact]
    public void Another_account_key_endpoint_or_capacity_is_refused_by_name()
    {
        CancelBook.CreateFile(Path, Books.Options(10)).Dispose();
        using var key = Books.Key();
        var before = File.ReadAllBytes(Path);
        var wrongKey = Assert.Throws<ArgumentException>("key", () => CancelBook.OpenFile(Path, key));
        Assert.Contains(key.Address.ToString(), wrongKey.Message, StringComparison.Ordinal);
        Assert.Contains(Books.Account.ToString(), wrongKey.Message, StringComparison.Ordinal);
        Refused(BookFileError.OtherAccount, () => CancelBook.OpenFile(Path, options: new CancelBookOptions { Account = key.Address }), key.Address.ToString());
        Refused(BookFileError.OtherEndpoint, () => CancelBook.OpenFile(Path, options: new CancelBookOptions { Endpoint = new Uri("wss://other.example/ws") }), "other.example");
        Refused(BookFileError.OtherLength, () => CancelBook.OpenFile(Path, options: new CancelBookOptions { Capacity = 11 }), "11");
        Assert.Equal(before, File.ReadAllBytes(Path));
        CancelBook.OpenFile(Path, options: Books.Options(10)).Dispose();
    }

    [Theory]
    [InlineData(0, BookFileError.NotABook)]
    [InlineData(8, BookFileError.Damaged)]
    [InlineData(16, BookFileError.Damaged)]
    [InlineData(20, BookFileError.Damaged)]
    [InlineData(40, BookFileError.Damaged)]
    [InlineData(52, BookFileError.Damaged)]
    [InlineData(60, BookFileError.Damaged)]
    [InlineData(1084, BookFileError.Damaged)]
    public void A_damaged_header_is_refused(int place, BookFileError expected)
    {
        var bytes = MakeThree();
        bytes[place] ^= 0x10;
        File.WriteAllBytes(Path, bytes);
        Refused(expected, () => CancelBook.OpenFile(Path));
        Assert.Equal(bytes, File.ReadAllBytes(Path));
    }

    [Fact]
    public void A_file_of_another_version_byte_order_or_length_is_refused()
    {
        var bytes = MakeThree();
        bytes[12]++;
        File.WriteAllBytes(Path, bytes);
        Refused(BookFileError.OtherVersion, () => CancelBook.OpenFile(Path), "version 2");
        bytes[12]--;
        Array.Reverse(bytes, 8, 4);
        File.WriteAllBytes(Path, bytes);
        Refused(BookFileError.OtherByteOrder, () => CancelBook.OpenFile(Path));
        Array.Reverse(bytes, 8, 4);
        File.WriteAllBytes(Path, [.. bytes, 0]);
        Refused(BookFileError.OtherLength, () => CancelBook.OpenFile(Path));
        File.WriteAllBytes(Path, bytes.AsSpan(0, 2000).ToArray());
        Refused(BookFileError.Damaged, () => CancelBook.OpenFile(Path));
        File.WriteAllBytes(Path, []);
        Refused(BookFileError.NotABook, () => CancelBook.OpenFile(Path));
        File.Delete(Path);
        Refused(BookFileError.NotAccessible, () => CancelBook.OpenFile(Path));
        Assert.Throws<ArgumentException>("path", () => CancelBook.OpenFile(string.Empty));
    }

    [Fact]
    public void A_torn_latch_covers_everything()
    {
        using (var book = CancelBook.CreateFile(Path, Books.Options(10)))
        {
            _ = book.Latch(new BookScope(0xF, 1));
        }

        var bytes = File.ReadAllBytes(Path);
        bytes[2080 + 8] ^= 2;
        File.WriteAllBytes(Path, bytes);
        using var opened = CancelBook.OpenFile(Path);
        Assert.True(opened.Covers(5));
    }

    [Fact]
    public void No_key_comes_into_the_file()
    {
        using var key = Books.Key(0x5A);
        using (var book = CancelBook.CreateFile(Path, new CancelBookOptions { Capacity = 10, Endpoint = Books.Endpoint }, key))
        {
            Assert.Equal(ArmResult.Armed, book.Arm(Books.Hash(1), 1));
        }

        var bytes = File.ReadAllBytes(Path);
        Assert.True(bytes.AsSpan().IndexOf(Enumerable.Repeat((byte)0x5A, 12).ToArray()) < 0);
    }

    [Fact]
    public void A_full_disk_is_told_and_leaves_nothing_behind()
    {
        // A file system of 1 MiB needs the right to mount one.
        Assert.SkipUnless(OperatingSystem.IsLinux() && Mount("-t", "tmpfs", "-o", "size=1m", "none", _folder.FullName), "Mounting needs root.");
        try
        {
            Refused(BookFileError.NoSpace, () => CancelBook.CreateFile(Path, Books.Options(100_000)));
            Assert.False(File.Exists(Path));

            // A copy with holes on a disk that filled up meanwhile.
            CancelBook.CreateFile(Path, Books.Options(1000)).Dispose();
            var length = new FileInfo(Path).Length;
            using (var file = new FileStream(Path, FileMode.Open))
            {
                file.SetLength(BookLayout.HeaderSize);
                file.SetLength(length);
            }

            var filler = System.IO.Path.Combine(_folder.FullName, "filler");
            var full = Assert.Throws<IOException>(() => File.WriteAllBytes(filler, new byte[1 << 20]));
            output.WriteLine(full.Message);
            Refused(BookFileError.NoSpace, () => CancelBook.OpenFile(Path));
            File.Delete(filler);
            CancelBook.OpenFile(Path).Dispose();
        }
        finally
        {
            Assert.True(Run("umount", _folder.FullName));
        }
    }

    private static bool Mount(params string[] arguments) => File.Exists("/bin/mount") && Run("mount", arguments);

    private static bool Run(string command, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }

    private static void Refused(BookFileError expected, Func<CancelBook> open, string mentions = "orders.book")
    {
        var error = Assert.Throws<BookFileException>(() => open().Dispose());
        Assert.Equal(expected, error.Error);
        Assert.Contains("orders.book", error.Message, StringComparison.Ordinal);
        Assert.Contains(mentions, error.Message, StringComparison.Ordinal);
    }

    private byte[] MakeThree()
    {
        using (var book = CancelBook.CreateFile(Path, Books.Options(3)))
        {
            for (var number = 0; number < 3; number++)
            {
                Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)number));
            }
        }

        return File.ReadAllBytes(Path);
    }

    private bool CheckLosesAtMostTheLast(byte[] bytes, bool expectLoss)
    {
        File.WriteAllBytes(Path, bytes);
        using var opened = CancelBook.OpenFile(Path);
        var numbers = Books.Numbers(Books.Panic(opened, BookScope.All));
        var lost = numbers.Length == 2;
        Assert.Equal(lost ? [0, 1] : [0, 1, 2], numbers.Order());
        Assert.Equal(lost ? 1 : 0, opened.Recovered.Torn);
        Assert.True(lost || !expectLoss);
        return lost;
    }
}
