using Dmex.Fast.Beats;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Local;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>The copy in memory has what the engine's file has, while the engine holds the file's lock.</summary>
public sealed class BookFollowerTests
{
    [Fact]
    public async Task What_the_engine_arms_moves_and_disarms_is_followed()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        _ = book.Arm(Engines.Hash(1), tag: 1);
        _ = book.Arm(Engines.Hash(2), tag: 2, priority: 3);
        await using var follower = new Following(engines);
        await follower.IsAsync(book);

        _ = book.Arm(Engines.Hash(3), tag: 3);
        _ = book.Disarm(Engines.Hash(1));
        _ = book.MarkLive(Engines.Hash(2));
        _ = book.Arm(Engines.Hash(3), tag: 33, priority: 7);
        await follower.IsAsync(book);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_sequence_of_changes_ends_in_the_same_book(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        await using var follower = new Following(engines);
        var random = new Random(seed);
        for (var step = 0; step < 2_000; step++)
        {
            var hash = Engines.Hash(random.Next(1, 100));
            _ = random.Next(8) switch
            {
                < 4 => book.Arm(hash, (ulong)random.Next(4), random.Next(CancelBook.Priorities)) == ArmResult.Armed,
                < 6 => book.Disarm(hash) == DisarmResult.Removed,
                6 => book.Forget(hash),
                _ => book.MarkLive(hash),
            };
            if (step % 500 == 499)
            {
                await follower.IsAsync(book);
            }
        }
    }

    [Fact]
    public async Task A_reading_says_what_it_armed_and_what_the_file_holds()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        await using var follower = new Following(engines);
        _ = book.Arm(Engines.Hash(1), tag: 1);

        var held = (await follower.Follower.ReadAllAsync().WaitAsync(Patience.Long)).Held;
        Assert.Equal([Engines.Hash(1)], held);
    }

    [Fact]
    public async Task What_is_armed_after_the_engine_has_resumed_or_opened_its_book_again_is_not_taken_over()
    {
        await using var engines = await Engines.CreateAsync();
        var book = engines.OpenBook();
        var client = await engines.ConnectAsync(book);
        _ = book.Arm(Engines.Hash(1), tag: 1);
        await using var over = new Following(engines);
        await using var opened = new Following(engines);
        over.IsOver = true;
        _ = book.Arm(Engines.Hash(2), tag: 2);
        Assert.Equal(0, (await over.Follower.ReadAllAsync().WaitAsync(Patience.Long)).Armed);
        await opened.IsAsync(book);

        await client.DisposeAsync();
        book.Dispose();
        using var again = engines.OpenBook();
        _ = again.Arm(Engines.Hash(3), tag: 3);
        var reading = await opened.Follower.ReadAllAsync().WaitAsync(Patience.Long);
        Assert.Equal((0, 2), (reading.Armed, reading.Held.Count));
    }

    [Fact]
    public async Task Another_engine_on_the_page_is_noticed()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        var client = await engines.ConnectAsync(book);
        await using var follower = new Following(engines);
        Assert.False(follower.Follower.IsReplaced);
        await client.DisposeAsync();

        await using var another = await engines.ConnectAsync(book);
        await Patience.Until(() => follower.Follower.IsReplaced, "the follower sees the new page");
    }

    [Fact]
    public async Task A_book_of_another_account_or_another_file_is_refused_with_the_path_of_the_right_one()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        using var page = BeatPage.Open(engines.PagePath);
        using var otherKey = Engines.CreateKey(0x11);
        Refused("account.book", otherKey, "holds the orders of");
        Refused("copy.book", Engines.Key, "is not the file that the engine");

        void Refused(string name, SigningKey key, string expected)
        {
            var path = Path.Combine(engines.Folder, name);
            using var other = CancelBook.CreateFile(path, new CancelBookOptions { Capacity = 8, Endpoint = engines.Venue.Url }, key);
            var error = Assert.Throws<BeatPageException>(() => BookCopy.Open(path, page));
            Assert.Equal(BeatPageError.OtherBook, error.Error);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.Contains(engines.BookPath, error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A follower of an engine's book.</summary>
    private sealed class Following : IAsyncDisposable
    {
        private readonly BeatPage _page;
        private readonly BookCopy _copy;

        public Following(Engines engines)
        {
            _page = BeatPage.Open(engines.PagePath);
            _copy = BookCopy.Open(engines.BookPath, _page);
            Follower = new BookFollower(_copy.Book, _copy.File, _copy.Capacity, _page, () => IsOver, message => Assert.Fail(message));
            Follower.Start();
        }

        public BookFollower Follower { get; }

        public bool IsOver { get; set; }

        public async Task IsAsync(CancelBook expected)
        {
            _ = await Follower.ReadAllAsync().WaitAsync(Patience.Long);
            Assert.Equal(Described(expected), Described(_copy.Book));
        }

        public ValueTask DisposeAsync()
        {
            Follower.Dispose();
            _copy.Book.Dispose();
            _page.Dispose();
            return ValueTask.CompletedTask;
        }

        private static string[] Described(CancelBook book) =>
            [.. book.ListOrders(BookScope.All).Select(order => order.ToString()).Order(StringComparer.Ordinal)];
    }
}
