using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>The account's rate: what finds none left waits, a panic ignores it or keeps to it.</summary>
public sealed class RateBudgetTests
{
    [Fact]
    public async Task Cancels_beyond_the_rate_wait_and_go_out_when_there_is_some()
    {
        await using var server = Confirming();
        await using var client = await TestClient.ConnectAsync(
            server.Uri, o => o.RateBudget = new RateBudgetOptions { FramesPerSecond = 200, Burst = 10 });
        var start = Stopwatch.GetTimestamp();

        var cancels = Enumerable.Range(0, 50).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();

        Assert.All(
            await Task.WhenAll(cancels).Soon(),
            outcome => Assert.Equal((CancelOutcomeKind.Confirmed, 1), (outcome.Kind, outcome.Attempts)));
        Assert.True(Stopwatch.GetElapsedTime(start) > TimeSpan.FromMilliseconds(150), "40 cancels at 200 a second cannot be faster");
    }

    [Fact]
    public async Task A_send_beyond_the_rate_is_not_sent_and_says_why()
    {
        await using var server = Confirming();
        await using var client = await TestClient.ConnectAsync(
            server.Uri, o => o.RateBudget = new RateBudgetOptions { FramesPerSecond = 1, Burst = 1 });

        Assert.Equal(SendOutcomeKind.Written, (await client.SendAsync(TestClient.Hash(1))).Kind);

        // At one a second the next is refused, unless the machine let a second pass before it.
        SendOutcome next;
        var number = 2;
        do
        {
            next = await client.SendAsync(TestClient.Hash(number));
        }
        while (next.Kind == SendOutcomeKind.Written && ++number < 100);

        Assert.Equal((SendOutcomeKind.NotSent, NotSentReason.RateBudget), (next.Kind, next.Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_panic_that_is_over_leaves_the_rate_to_others_though_its_scope_is_latched(bool respects)
    {
        await using var server = Confirming();
        using var key = TestClient.Key();
        using var book = Armed(3, server.Uri, key);
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Book = book;
            o.RateBudget = new RateBudgetOptions { FramesPerSecond = 1, Burst = 10, PanicReserve = 5 };
        });
        Assert.Equal(
            3, (await client.PanicAsync(BookScope.All, new PanicOptions { RespectRateBudget = respects, Timeout = Wait.Long }).Soon())
                .Confirmed);
        await Task.Delay(200); // several looks of the panic's thread

        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(SendOutcomeKind.Written, (await client.SendAsync(TestClient.Hash(100 + i))).Kind);
        }

        Assert.Equal(ArmResult.FiredByLatch, book.Arm(TestClient.Hash(50), 0));
        await Wait.Until(() => book.Count == 0, "the reserve is still there for what meets the latch");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_panic_keeps_to_the_rate_or_ignores_it(bool respects)
    {
        await using var server = Confirming();
        using var key = TestClient.Key();
        using var book = Armed(100, server.Uri, key);
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Book = book;
            o.RateBudget = new RateBudgetOptions { FramesPerSecond = 1, Burst = 5, PanicReserve = 20 };
        });

        var begun = Stopwatch.GetTimestamp();
        var panic = client.PanicAsync(BookScope.All, new PanicOptions { RespectRateBudget = respects, Timeout = Wait.Long }).AsTask();
        if (respects)
        {
            await Wait.Until(() => book.Count <= 75, "burst and reserve are used up");
            await client.DisposeAsync(); // ends the panic, which would wait for the rate
        }

        var report = await panic.Soon();

        Assert.Equal(100, report.Orders);
        Assert.Equal(report.Unresolved, report.UnresolvedOrders?.Count ?? 0);
        if (respects)
        {
            Assert.InRange(report.Written, 25, 26 + (int)Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        else
        {
            Assert.Equal(100, report.Confirmed);
        }
    }

    [Fact]
    public async Task A_budget_without_a_rate_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestClient.ConnectAsync(
            new Uri("ws://127.0.0.1:1/ws"), o => o.RateBudget = new RateBudgetOptions { FramesPerSecond = 0 }));
        Assert.Contains(nameof(DmexClientOptions.RateBudget), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_burst_of_fewer_than_a_broadcast_needs_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestClient.ConnectAsync(
            new Uri("ws://127.0.0.1:1/ws"),
            o =>
            {
                o.Connections = 3;
                o.Policy = ConnectionPolicy.Broadcast;
                o.RateBudget = new RateBudgetOptions { Burst = 2 };
            }));
        Assert.Contains(nameof(DmexClientOptions.RateBudget), error.Message, StringComparison.Ordinal);
    }

    private static CancelBook Armed(int orders, Uri endpoint, SigningKey key)
    {
        var book = CancelBook.Create(new CancelBookOptions { Capacity = 100, Endpoint = endpoint }, key);
        Assert.All(Enumerable.Range(0, orders), i => Assert.Equal(ArmResult.Armed, book.Arm(TestClient.Hash(i), 0)));
        return book;
    }

    private static ScriptedServer Confirming() => new(async peer =>
    {
        while (true)
        {
            await peer.ConfirmAsync(await peer.ReadCancelAsync());
        }
    });
}
