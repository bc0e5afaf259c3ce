using System.Diagnostics;
using Dmex.Fast.Beats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>The engine's side: pulses, its page, and what it does when a standby has fired.</summary>
public sealed class PulseTests
{
    private static readonly StandbyFence Fence = new(
        0xF00D, StandbyTrigger.Silent, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), 4711);

    [Fact]
    public async Task Without_a_beat_page_a_pulse_does_nothing_and_says_go_on()
    {
        await using var engines = await Engines.CreateAsync();
        await using var client = await DmexClient.ConnectAsync(engines.Options(book: null), Engines.Key);

        Assert.True(client.Pulse());
        Assert.Null(client.Fence);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => client.ResumeAsync(1));
        Assert.Contains("BeatPage", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pulse_allocates_nothing()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        var least = long.MaxValue;
        var fastest = long.MaxValue;
        for (var round = 0; round < 7; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < 100_000; i++)
            {
                _ = client.Pulse();
            }

            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - began);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{fastest * 1e9 / Stopwatch.Frequency / 100_000:F1} ns a pulse");
        Assert.Equal(0, least);
    }

    [Fact]
    public async Task The_page_names_the_process_the_account_and_the_book_and_is_for_its_owner_alone()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book, TimeSpan.FromSeconds(3));

        using var page = BeatPage.Open(engines.PagePath);
        Assert.Equal(ProcessMark.Current, page.Head.Process);
        Assert.True(page.Head.Process.IsRunning);
        Assert.Equal((book.Account, engines.BookPath, TimeSpan.FromSeconds(3)), (page.Head.Account, page.Head.BookPath, page.Head.Ttl));
        Assert.Equal((false, null), (page.IsClosed, page.Fence));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(engines.PagePath));
        }
    }

    [Fact]
    public async Task Each_pulse_is_seen_through_the_page_and_closing_is_noted_in_it()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        var client = await engines.ConnectAsync(book);
        using var page = BeatPage.Open(engines.PagePath);
        using var memory = page.Attach();
        Assert.Equal((0L, 0L), Pulses(memory));

        Assert.True(client.Pulse());
        var (count, at) = Pulses(memory);
        Assert.True(count == 1 && at > 0 && at <= Stopwatch.GetTimestamp());

        await client.DisposeAsync();
        Assert.True(page.IsClosed);
        Assert.True(client.Pulse()); // harmless
    }

    [Fact]
    public async Task A_page_that_is_truncated_or_deleted_ends_no_engine()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        await File.WriteAllBytesAsync(engines.PagePath, []);
        Assert.True(client.Pulse());
        File.Delete(engines.PagePath);
        Assert.True(client.Pulse());
    }

    [Fact]
    public async Task The_memory_of_the_beats_cannot_be_shortened_by_who_opens_it()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        using var page = BeatPage.Open(engines.PagePath);
        using var file = File.OpenHandle($"/proc/self/fd/{page.Head.Descriptor}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

        _ = Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(file, 0));
        Assert.True(client.Pulse());
    }

    [Fact]
    public async Task A_second_engine_on_the_same_page_is_refused()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        using var other = CancelBook.CreateFile(
            Path.Combine(engines.Folder, "other.book"), new CancelBookOptions { Capacity = 8, Endpoint = engines.Venue.Url }, Engines.Key);

        var error = await Assert.ThrowsAsync<BeatPageException>(() => engines.ConnectAsync(other));
        Assert.Equal(BeatPageError.InUse, error.Error);
    }

    [Fact]
    public async Task A_file_that_is_no_page_is_not_overwritten()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await File.WriteAllTextAsync(engines.PagePath, "precious");
        Engines.Protect(engines.PagePath);

        var error = await Assert.ThrowsAsync<BeatPageException>(() => engines.ConnectAsync(book));
        Assert.Equal(BeatPageError.NotAPage, error.Error);
        Assert.Equal("precious", await File.ReadAllTextAsync(engines.PagePath));
    }

    [Fact]
    public async Task The_pulse_that_finds_a_fence_latches_the_book_says_stop_and_the_event_tells_it()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        var told = new TaskCompletionSource<StandbyFence>();
        client.StandbyFired += (_, fired) => told.TrySetResult(fired.Fence);
        engines.Open(book, 1);
        using var page = BeatPage.Open(engines.PagePath);
        using var memory = page.Attach();

        Assert.Equal(Fence, EngineBeats.Set(memory, Fence, Stopwatch.GetTimestamp()));
        Assert.False(client.Pulse());

        Assert.True(book.IsLatched);
        Assert.Equal(Fence, client.Fence);
        Assert.Equal(Fence, await told.Task.WaitAsync(Patience.Long));
        Assert.Equal(Fence, EngineBeats.Set(memory, Fence with { Id = 1 }, Stopwatch.GetTimestamp())); // one holds
        await Patience.Until(() => book.Count == 0, "the engine fires its book too");
        Assert.Equal(Dmex.Fast.Venue.VenueOrderState.Canceled, engines.Venue.GetState(Engines.Hash(1).AsSpan()));
    }

    [Fact]
    public async Task An_engine_that_does_not_pulse_finds_a_fence_too()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        using var page = BeatPage.Open(engines.PagePath);
        using var memory = page.Attach();
        _ = EngineBeats.Set(memory, Fence, Stopwatch.GetTimestamp());

        await Patience.Until(() => client.Fence is not null && book.IsLatched, "the client's clock finds the fence");
    }

    [Fact]
    public async Task An_engine_resumes_from_the_fence_that_it_names_when_its_book_is_closed()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await using var client = await engines.ConnectAsync(book);
        engines.Open(book, 1);
        using var page = BeatPage.Open(engines.PagePath);
        using var memory = page.Attach();
        _ = EngineBeats.Set(memory, Fence, Stopwatch.GetTimestamp());
        page.WriteFence(Fence);
        Assert.False(client.Pulse());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => client.ResumeAsync(1));
        Assert.Contains("0x000000000000f00d", error.Message, StringComparison.Ordinal);
        await client.ResumeAsync(Fence.Id);

        Assert.True(client.Pulse());
        Assert.Equal((false, null, null), (book.IsLatched, client.Fence, page.Fence));
        Assert.Equal(ArmResult.Armed, book.Arm(Engines.Hash(2), tag: 0));
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => client.ResumeAsync(Fence.Id));
    }

    [Fact]
    public async Task A_fence_holds_over_a_restart_of_the_engine()
    {
        await using var engines = await Engines.CreateAsync();
        using (var book = engines.OpenBook())
        {
            var client = await engines.ConnectAsync(book);
            using var page = BeatPage.Open(engines.PagePath);
            page.WriteFence(Fence);
            await client.DisposeAsync();
        }

        using var again = engines.OpenBook();
        await using var restarted = await engines.ConnectAsync(again);
        await Patience.Until(() => !restarted.Pulse(), "the restarted engine finds the fence");
        Assert.Equal(Fence, restarted.Fence);
        await restarted.ResumeAsync(Fence.Id);
        Assert.True(restarted.Pulse());
    }

    [Fact]
    public void Wrong_options_are_named_all_at_once()
    {
        var options = new DmexClientOptions
        {
            Endpoint = new Uri("ws://127.0.0.1:1/ws"),
            Standby = { BeatPage = "page", Ttl = TimeSpan.FromMilliseconds(5) },
        };

        Assert.Equal(
            [
                "Standby.Ttl: from 100 ms to 60 min, not 00:00:00.0050000.",
                "Standby.BeatPage: needs Book, and one that is recorded in a file (CancelBook.CreateFile): the standby fires what the "
                    + "file holds.",
            ],
            options.GetErrors());
    }

    private static unsafe (long Count, long At) Pulses(BeatMemory memory) => (memory.Words->Pulses, memory.Words->PulsedAt);
}
