using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
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
            Assert.True(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
            Assert.True(book.Firing.Settle(Books.Hash(1), CancelOutcomeKind.AlreadyGone));
            Assert.True(book.Firing.Settle(Books.Hash(2), CancelOutcomeKind.Rejected));
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
        Assert.All(
            fired.Where(order => Books.Number(order.Hash) != 100),
            order => Assert.NotEqual(keys[Books.Number(order.Hash)], Books.MaskingKey(order.Frame)));
        Assert.All(fired, order => Assert.Equal(Books.Message(Books.Number(order.Hash)), Books.Unmask(order.Frame)));
    }

    [Fact]
    public void Latches_and_panic_numbers_survive()
    {
        int last;
        using (var book = CancelBook.CreateFile(Path, Books.Options(10)))
        {
            _ = book.Firing.Latch(new BookScope(0xF, 1));
            _ = book.Firing.Latch(new BookScope(0xFF, 1));
            last = book.Firing.Latch(new BookScope(0xF, 2));
        }

        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(3, opened.Recovered.Latches);
            Assert.True(opened.Covers(0x31) && opened.Covers(0x42) && !opened.Covers(9));
            Assert.Equal(
                [(new BookScope(0xF, 1), last - 2), (new BookScope(0xFF, 1), last - 1), (new BookScope(0xF, 2), last)],
                opened.Firing.LatchedPanics().OrderBy(latched => latched.Panic));
            var cursor = BookFiring.OpenCursor(last, new BookScope(0xF, 2));
            Assert.Empty(Books.FireAll(opened, ref cursor));
            Assert.Equal(last + 1, opened.Firing.Latch(BookScope.All));
        }

        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(1, opened.Recovered.Latches);
            opened.Reset();
        }

        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(0, opened.Recovered.Latches);
            Assert.Equal(last + 2, opened.Firing.Latch(BookScope.All));
            Assert.Equal(4, opened.Recovered.Openings);
        }
    }

    [Fact]
    public void Any_wrong_byte_of_the_last_record_loses_that_order_alone()
    {
        var good = MakeThree();
        for (var place = RecordAt(2); place < RecordAt(3); place++)
        {
            foreach (var wrong in new byte[] { 0x01, 0x80, 0xFF })
            {
                var bytes = (byte[])good.Clone();
                bytes[place] ^= wrong;
                CheckLastIsLost(bytes, minTorn: 1);
            }
        }
    }

    [Fact]
    public void A_file_cut_within_the_last_record_loses_that_order_alone()
    {
        var good = MakeThree();
        for (var length = RecordAt(2); length < good.Length; length++)
        {
            CheckLastIsLost(good.AsSpan(0, length).ToArray(), minTorn: 0);
        }

        // Before that, more is lost, but the rest is not.
        File.WriteAllBytes(Path, good.AsSpan(0, RecordAt(1) + 10).ToArray());
        using var opened = CancelBook.OpenFile(Path);
        Assert.Equal(new BookRecovery(1, 0, 1, (2 * BookRecord.Size) - 10, 0, 2), opened.Recovered);
        Assert.Equal([0], Books.Numbers(Books.Panic(opened, BookScope.All)));
    }

    [Fact]
    public void Of_two_records_of_one_order_the_later_counts()
    {
        using (var book = CancelBook.CreateFile(Path, Books.Options(3)))
        {
            Books.ArmMany(book, 0, 1, tag: 1);
            Books.ArmMany(book, 1, 1, tag: 1);
        }

        // As a power failure may leave it: order 0 was removed from its slot and armed in another, and the removal was not kept.
        var before = File.ReadAllBytes(Path);
        using (var book = CancelBook.OpenFile(Path, options: new CancelBookOptions { VerifyArmed = false }))
        {
            Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
            Books.ArmMany(book, 7, 1);
            Books.ArmMany(book, 0, 1, tag: 5);
        }

        var after = File.ReadAllBytes(Path);
        before.AsSpan(RecordAt(0), BookRecord.Size).CopyTo(after.AsSpan(RecordAt(0)));
        File.WriteAllBytes(Path, after);
        using (var opened = CancelBook.OpenFile(Path))
        {
            Assert.Equal(
                [(0, 5UL), (1, 1UL)], opened.ListOrders(BookScope.All).Select(order => (Books.Number(order.Hash), order.Tag)).Order());
        }

        using var again = CancelBook.OpenFile(Path);
        Assert.Equal(new BookRecovery(2, 0, 0, 0, 0, 4), again.Recovered);
    }

    [Fact]
    public void A_removed_order_leaves_no_signature_in_the_file()
    {
        using (var book = CancelBook.CreateFile(Path, Books.Options(3)))
        {
            Books.ArmMany(book, 1, 1);
            Assert.True(Holds(ReadShared(), Books.SignatureOf(1)));
            Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(1)));
            Assert.False(Holds(ReadShared(), Books.SignatureOf(1)));
        }

        static bool Holds(byte[] file, Signature signature) => file.AsSpan().IndexOf(signature.AsSpan()) >= 0;
    }

    [Fact]
    public void A_book_that_is_in_use_can_be_copied_listed_and_fired()
    {
        using var book = CancelBook.CreateFile(Path, Books.Options(10));
        Books.ArmMany(book, 0, 3, tag: 1);
        Books.ArmMany(book, 3, 1, tag: 2);
        var before = ReadShared();
        using (var copy = CancelBook.OpenReadOnly(Path))
        {
            Assert.Equal(new BookRecovery(4, 0, 0, 0, 0, 1), copy.Recovered);
            Assert.Equal(book.ListOrders(BookScope.All), copy.ListOrders(BookScope.All));
            Assert.Equal((book.Account, book.Endpoint, book.Capacity), (copy.Account, copy.Endpoint, copy.Capacity));
            Assert.Equal([0, 1, 2], Books.Numbers(Books.Panic(copy, new BookScope(3, 1))).Order());
            copy.Flush();
            Assert.Null(copy.StorageFailure);
        }

        Assert.Equal(before, ReadShared());
        Assert.Equal(4, book.CountsByState.Armed);
        Refused(BookFileError.OtherLength, () => CancelBook.OpenReadOnly(Path, new CancelBookOptions { Capacity = 11 }), "11");
    }

    [Fact]
    public void A_read_only_file_can_be_copied()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        File.WriteAllBytes(Path, MakeThree());
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(Path, UnixFileMode.UserRead);
#pragma warning restore CA1416
        using (var copy = CancelBook.OpenReadOnly(Path))
        {
            Assert.Equal(3, copy.Count);
        }

        File.Delete(Path);
        Refused(BookFileError.NotAccessible, () => CancelBook.OpenReadOnly(Path));
    }

    [Fact]
    public void A_dropped_entrys_place_is_used_again()
    {
        var bytes = MakeThree();
        bytes[RecordAt(1) + 40] ^= 1;
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
        Refused(
            BookFileError.OtherAccount, () => CancelBook.OpenFile(Path, options: new CancelBookOptions { Account = key.Address }),
            key.Address.ToString());
        Refused(
            BookFileError.OtherEndpoint,
            () =>
                CancelBook.OpenFile(Path, options: new CancelBookOptions { Endpoint = new Uri("wss://other.example/ws") }),
                "other.example");
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
        bytes[12] = 1;
        File.WriteAllBytes(Path, bytes);
        Refused(BookFileError.OtherVersion, () => CancelBook.OpenFile(Path), "version 1");
        Refused(BookFileError.OtherVersion, () => CancelBook.OpenReadOnly(Path), "create a new book");
        bytes[12] = 2;
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
            _ = book.Firing.Latch(new BookScope(0xF, 1));
        }

        var bytes = File.ReadAllBytes(Path);
        bytes[BookLayout.LatchesAt + 96] ^= 2;
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
        Assert.SkipUnless(SmallDisk.TryMount(_folder.FullName), "Mounting needs root.");
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

            output.WriteLine(SmallDisk.Fill(_folder.FullName).Message);
            Refused(BookFileError.NoSpace, () => CancelBook.OpenFile(Path));
            SmallDisk.MakeRoom(_folder.FullName);
            CancelBook.OpenFile(Path).Dispose();
        }
        finally
        {
            SmallDisk.Unmount(_folder.FullName);
        }
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

    private static int RecordAt(int slot) => (int)BookLayout.OrdersAt + (slot * BookRecord.Size);

    private byte[] ReadShared()
    {
        using var handle = BookFileAccess.OpenUnlocked(Path);
        var bytes = new byte[RandomAccess.GetLength(handle)];
        Assert.Equal(bytes.Length, RandomAccess.Read(handle, bytes, 0));
        return bytes;
    }

    private void CheckLastIsLost(byte[] bytes, int minTorn)
    {
        File.WriteAllBytes(Path, bytes);
        using var opened = CancelBook.OpenFile(Path);
        Assert.Equal([0, 1], opened.ListOrders(BookScope.All).Select(order => Books.Number(order.Hash)).Order());
        Assert.InRange(opened.Recovered.Torn, minTorn, 1);
    }

    [Fact]
    public void A_program_that_starts_again_opens_the_book_that_it_made()
    {
        using var key = TestClient.Key();
        var path = System.IO.Path.Combine(_folder.FullName, "again.book");
        var options = new CancelBookOptions { Capacity = 4, Endpoint = Books.Endpoint };
        using (var made = CancelBook.OpenOrCreateFile(path, options, key))
        {
            Assert.Equal(ArmResult.Armed, made.Arm(TestClient.Hash(1), tag: 1));
        }

        using (var opened = CancelBook.OpenOrCreateFile(path, options, key))
        {
            Assert.Equal(1, opened.Count);
        }

        options.Capacity = 5;
        var error = Assert.Throws<BookFileException>(() => { CancelBook.OpenOrCreateFile(path, options, key).Dispose(); });
        Assert.Equal(BookFileError.OtherLength, error.Error);
    }
}
