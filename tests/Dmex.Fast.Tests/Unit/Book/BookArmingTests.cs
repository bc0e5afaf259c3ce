using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

public sealed class BookArmingTests(ITestOutputHelper output)
{
    [Fact]
    public void An_order_is_armed_once_and_its_tag_may_change()
    {
        using var book = Books.Create(10);
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 1, 7, 2));
        Assert.Equal(ArmResult.AlreadyArmed, Books.Arm(book, 1, 7, 2));
        Assert.Equal(ArmResult.Updated, Books.Arm(book, 1, 8, 2));
        Assert.Equal(ArmResult.Updated, Books.Arm(book, 1, 8, 3));
        Assert.Equal(1, book.Count);
        Assert.Equal([new BookOrder(Books.Hash(1), 8, 3, BookOrderState.Armed, Pending: true)], book.ListOrders(BookScope.All));
        Assert.Empty(Books.Panic(book, new BookScope(ulong.MaxValue, 7)));
        Assert.Equal([1], Books.Numbers(Books.Panic(book, new BookScope(ulong.MaxValue, 8))));
        book.Reset();
        Assert.Equal(ArmResult.AlreadyFired, Books.Arm(book, 1, 9));
    }

    [Fact]
    public void Disarming_says_removed_fired_or_not_found()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 2);
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
        Assert.Equal(DisarmResult.NotFound, book.Disarm(Books.Hash(0)));
        Assert.Equal([1], Books.Numbers(Books.Panic(book, BookScope.All)));
        Assert.Equal(DisarmResult.AlreadyFired, book.Disarm(Books.Hash(1)));
        Assert.True(book.Firing.Settle(Books.Hash(1), CancelOutcomeKind.Rejected));
        Assert.Equal(DisarmResult.AlreadyFired, book.Disarm(Books.Hash(1)));
        Assert.True(book.Forget(Books.Hash(1)));
        Assert.Equal(DisarmResult.NotFound, book.Disarm(Books.Hash(1)));
        Assert.Equal(default, book.CountsByState);
    }

    [Fact]
    public void An_order_is_pending_until_it_is_marked_live()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 2);
        Assert.True(Books.Describe(book, 0).Pending);
        Assert.True(book.MarkLive(Books.Hash(0)));
        Assert.True(book.MarkLive(Books.Hash(0)));
        Assert.False(book.MarkLive(Books.Hash(5)));
        Assert.False(Books.Describe(book, 0).Pending || book.Firing.Locate(Books.Hash(5)).IsThere);
        Assert.Equal(ArmResult.Updated, Books.Arm(book, 0, 99));
        Assert.False(Books.Describe(book, 0).Pending);
        Assert.Equal(1, book.CountsByState.Pending);
        _ = Books.Panic(book, BookScope.All);
        Assert.False(Books.Describe(book, 0).Pending);
        Assert.True(Books.Describe(book, 1).Pending);
    }

    [Fact]
    public void A_rejected_order_may_be_armed_again()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 1);
        _ = Books.Panic(book, BookScope.All);
        book.Reset();
        Assert.True(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Rejected));
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 0, 3, 4));
        Assert.Equal(new BookCounts(1, 0, 0, 1), book.CountsByState);
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
        Assert.Equal(default, book.CountsByState);
    }

    [Fact]
    public void A_key_signs_what_is_armed_by_its_hash_alone()
    {
        using var key = Books.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 10, Endpoint = Books.Endpoint }, key);
        using var signer = new OrderSigner(key);
        Assert.Equal(key.Address, book.Account);
        Assert.Equal(ArmResult.Armed, book.Arm(Books.Hash(1), 5));
        signer.Sign(Books.Hash(2), out var signature);
        Assert.Equal(ArmResult.Armed, book.Arm(Books.Hash(2), signature, 5));
        foreach (var order in Books.Panic(book, BookScope.All))
        {
            signer.Sign(order.Hash, out var expected);
            var message = new byte[CancelMessage.Length];
            CancelMessage.Write(order.Hash, expected, message);
            Assert.Equal(message, Books.Unmask(order.Frame));
        }
    }

    [Fact]
    public void A_signature_of_another_account_is_refused_with_both_addresses()
    {
        using var key = Books.Key();
        using var other = Books.Key(0x22);
        using var signer = new OrderSigner(other);
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 10, Endpoint = Books.Endpoint, Account = key.Address });
        signer.Sign(Books.Hash(1), out var signature);
        var refused = Assert.Throws<ArgumentException>("signature", () => book.Arm(Books.Hash(1), signature, 0));
        Assert.Contains(key.Address.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains(other.Address.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("signature", () => book.Arm(Books.Hash(1), Books.SignatureOf(1), 0));
        Assert.Throws<ArgumentException>("signature", () => book.Arm(Books.Hash(1), default(Signature), 0));
        Assert.Equal(0, book.Count);
        var wrongKey = Assert.Throws<ArgumentException>(
            "key",
            () => CancelBook.Create(new CancelBookOptions { Capacity = 10, Endpoint = Books.Endpoint, Account = key.Address }, other));
        Assert.Contains(key.Address.ToString(), wrongKey.Message, StringComparison.Ordinal);
        Assert.Contains(other.Address.ToString(), wrongKey.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_key_nothing_is_signed()
    {
        using var book = Books.Create(10);
        Assert.Throws<InvalidOperationException>(() => book.Arm(Books.Hash(1), 0));
        Assert.Throws<InvalidOperationException>(() => book.ArmBatch([Books.Hash(1)], [0], 0, new ArmResult[1]));
        Assert.Throws<ArgumentException>("signature", () => book.Arm(Books.Hash(1), default(Signature), 0));
    }

    [Fact]
    public void Wrong_arguments_name_the_parameter_and_change_nothing()
    {
        using var key = Books.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 10, Endpoint = Books.Endpoint }, key);
        Assert.Throws<ArgumentException>("hash", () => book.Arm(default, 0));
        Assert.Throws<ArgumentException>("hash", () => book.Arm(default, Books.SignatureOf(1), 0));
        Assert.Throws<ArgumentException>("hashes", () => book.ArmBatch([Books.Hash(1), default], [0, 0], 0, new ArmResult[2]));
        Assert.Throws<ArgumentOutOfRangeException>("priority", () => book.Arm(Books.Hash(1), 0, 8));
        Assert.Throws<ArgumentOutOfRangeException>("priority", () => book.Arm(Books.Hash(1), Books.SignatureOf(1), 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>("priority", () => book.ArmBatch([Books.Hash(1)], [0], 9, new ArmResult[1]));
        Assert.Throws<ArgumentException>("tags", () => book.ArmBatch([Books.Hash(1)], [], 0, new ArmResult[1]));
        Assert.Throws<ArgumentException>("results", () => book.ArmBatch([Books.Hash(1)], [1], 0, []));
        Assert.Equal(0, book.Count);
        Assert.Throws<ArgumentException>("value", () => new BookScope(1, 2));
    }

    [Theory]
    [InlineData("Capacity")]
    [InlineData("Endpoint")]
    [InlineData("Endpoint none")]
    [InlineData("WhenLatched")]
    [InlineData("Account")]
    public void Wrong_options_are_named(string option)
    {
        var options = Books.Options(10);
        switch (option)
        {
            case "Capacity": options.Capacity = 0; break;
            case "Endpoint": options.Endpoint = new Uri("https://venue.example"); break;
            case "Endpoint none": options.Endpoint = null; break;
            case "WhenLatched": options.WhenLatched = (BookLatchedPolicy)9; break;
            default: options.Account = null; break;
        }

        var error = Assert.Throws<ArgumentException>(() => CancelBook.Create(options));
        Assert.Contains(option.Split(' ')[0], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_book_refuses()
    {
        using var book = Books.Create(65);
        Books.ArmMany(book, 0, 65);
        Assert.Equal(ArmResult.Full, Books.Arm(book, 100));
        Assert.Equal(ArmResult.Updated, Books.Arm(book, 3, 1));
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(40)));
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 100));
        Assert.Equal(65, book.Count);
    }

    [Fact]
    public void Orders_are_found_by_a_rule_that_is_called_outside_the_lock()
    {
        using var book = Books.Create(300);
        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)number, priority: number % 8));
        }

        var found = book.Find(order =>
        {
            // On another thread, so that a lock that were held here would be noticed.
            var other = new Thread(() => _ = book.Covers(order.Tag));
            other.Start();
            Assert.True(other.Join(Wait.Long));
            return order.Tag is > 50 and < 90;
        });
        Assert.Equal(Enumerable.Range(51, 39), found.Select(Books.Number).Order());
        Assert.Equal(found.Select(hash => Books.Number(hash) % 8).Order(), found.Select(hash => Books.Number(hash) % 8));
        Assert.Throws<TimeZoneNotFoundException>(() => book.Find(_ => throw new TimeZoneNotFoundException()));
        Assert.Throws<ArgumentNullException>("predicate", () => book.Find(null!));
    }

    [Fact]
    public void The_default_scope_is_refused_and_covers_no_order()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 2);
        var refused = Assert.Throws<ArgumentException>("scope", () => book.Firing.Latch(default));
        Assert.Contains("BookScope.All", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("scope", () => book.ListOrders(default));
        Assert.False(default(BookScope).Contains(0));
        Assert.NotEqual(default, BookScope.All);
        Assert.Equal(new BookScope(0, 0), BookScope.All);
        Assert.Equal(("none", "all"), (default(BookScope).ToString(), BookScope.All.ToString()));
        Assert.False(book.IsLatched);
        Assert.Equal(2, book.CountsByState.Armed);
    }

    [Fact]
    public void A_book_serves_one_client_at_a_time_and_is_disposed_after_it()
    {
        var book = Books.Create(10);
        var (first, second) = (new object(), new object());
        book.Attach(first);
        book.Attach(first);
        Assert.Contains(
            "one client", Assert.Throws<InvalidOperationException>(() => book.Attach(second)).Message, StringComparison.Ordinal);
        book.Detach(second);
        Assert.Contains("client first", Assert.Throws<InvalidOperationException>(book.Dispose).Message, StringComparison.Ordinal);
        Books.ArmMany(book, 0, 1);
        book.Detach(first);
        book.Attach(second);
        book.Detach(second);
        book.Dispose();
        Assert.Throws<ObjectDisposedException>(() => book.Attach(first));
    }

    [Fact]
    public void A_batch_tells_what_became_of_each()
    {
        using var key = Books.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 300, Endpoint = Books.Endpoint }, key);
        Assert.Equal(ArmResult.Armed, book.Arm(Books.Hash(5), 50));
        Assert.Equal(ArmResult.Armed, book.Arm(Books.Hash(6), 6));
        var hashes = Enumerable.Range(0, 350).Select(number => Books.Hash(number == 200 ? 199 : number)).ToArray();
        var tags = Enumerable.Range(0, 350).Select(number => (ulong)(number == 200 ? 199 : number)).ToArray();
        var results = new ArmResult[350];
        Assert.Equal(301, book.ArmBatch(hashes, tags, 0, results));
        Assert.Equal(ArmResult.Updated, results[5]);
        Assert.Equal(ArmResult.AlreadyArmed, results[6]);
        Assert.Equal(ArmResult.AlreadyArmed, results[200]);
        Assert.Equal(297, results.Count(result => result == ArmResult.Armed) - 1);
        Assert.Equal(49, results.Count(result => result == ArmResult.Full));
        Assert.Equal(300, book.Count);
        foreach (var order in Books.Panic(book, BookScope.All))
        {
            using var signer = new OrderSigner(key, verifyAfterSign: false);
            signer.Sign(order.Hash, out var expected);
            var message = new byte[CancelMessage.Length];
            CancelMessage.Write(order.Hash, expected, message);
            Assert.Equal(message, Books.Unmask(order.Frame));
        }
    }

    [Fact]
    public void A_long_churn_ends_with_what_a_dictionary_says()
    {
        var random = Seed.Create(output);
        using var book = Books.Create(1000);
        var model = new Dictionary<int, (ulong Tag, int Priority)>();
        for (var step = 0; step < 50_000; step++)
        {
            var number = random.Next(1500);
            if (random.Next(5) < 3)
            {
                var entry = ((ulong)random.Next(4), random.Next(CancelBook.Priorities));
                var expected = model.TryGetValue(number, out var before)
                    ? before == entry ? ArmResult.AlreadyArmed : ArmResult.Updated
                    : model.Count == 1000 ? ArmResult.Full : ArmResult.Armed;
                Assert.Equal(expected, Books.Arm(book, number, entry.Item1, entry.Item2));
                if (expected != ArmResult.Full)
                {
                    model[number] = entry;
                }
            }
            else
            {
                Assert.Equal(model.Remove(number) ? DisarmResult.Removed : DisarmResult.NotFound, book.Disarm(Books.Hash(number)));
            }
        }

        Assert.Equal(model.Count, book.Count);
        Assert.Equal(
            model.Select(pair => (pair.Key, pair.Value.Tag, pair.Value.Priority)).Order(),
            book.ListOrders(BookScope.All).Select(order => (Books.Number(order.Hash), order.Tag, order.Priority)).Order());
        Assert.Equal(
            model.Where(pair => pair.Value.Tag == 2).Select(pair => pair.Key).Order(),
            Books.Numbers(Books.Panic(book, new BookScope(3, 2))).Order());
    }

    [Fact]
    public void A_disposed_book_says_so()
    {
        var book = Books.Create(10);
        book.Dispose();
        book.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Books.Arm(book, 1));
        Assert.Throws<ObjectDisposedException>(() => book.Disarm(Books.Hash(1)));
        Assert.Throws<ObjectDisposedException>(() => book.Firing.Latch(BookScope.All));
    }
}
