using System.Collections.Concurrent;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

public sealed class HandlerTests
{
    [Fact]
    public async Task A_handler_that_blocks_does_not_stop_the_replies()
    {
        using var gate = new ManualResetEventSlim();
        await using var server = Chatty();
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Limits.EventQueueCapacity = 10);
        client.MessageReceived += (_, _) => gate.Wait();
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(i)).Soon()).Kind);
        }

        Assert.True(client.DroppedMessages > 0);
        gate.Set();
    }

    [Fact]
    public async Task A_handler_that_throws_is_reported_and_does_not_stop_the_replies()
    {
        await using var server = Chatty();
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var failures = new BlockingCollection<Exception>();
        client.HandlerFailed += (_, failure) =>
        {
            failures.Add(failure.Exception);
            throw new InvalidOperationException("even this one");
        };
        client.MessageReceived += (_, _) => throw new InvalidOperationException("mine");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(i)).Soon()).Kind);
            Assert.Equal("mine", (await Task.Run(failures.Take).Soon()).Message);
        }
    }

    [Fact]
    public async Task Handlers_run_on_one_thread_that_is_neither_the_readers_nor_the_pools()
    {
        await using var server = Chatty();
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var threads = new BlockingCollection<(string? Name, bool Pool)>();
        client.MessageReceived += (_, _) => threads.Add((Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread));
        _ = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal(("dmex-events", false), await Task.Run(threads.Take).Soon());
    }

    // Sends a message of its own before each confirmation.
    private static ScriptedServer Chatty() => new(async peer =>
    {
        while (true)
        {
            var hash = await peer.ReadCancelAsync();
            await peer.SendTextAsync("{\"event\":\"trade\"}");
            await peer.ConfirmAsync(hash);
        }
    });
}
