using System.Collections.Concurrent;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

public sealed class CancelTests
{
    [Fact]
    public async Task A_cancel_is_signed_sent_and_confirmed()
    {
        string? text = null;
        await using var server = new ScriptedServer(async peer =>
        {
            var frame = await peer.ReadFrameAsync(1);
            Assert.True(frame.Masked && frame.Final);
            text = frame.Text;
            await peer.ConfirmAsync(TestClient.Hash(1).ToString());
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        Assert.Equal(ConnectionState.Ready, client.State);

        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();

        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        Assert.True(outcome.IsClosed);
        Assert.Equal((1, 1), (outcome.Attempts, outcome.ConnectionId));
        Assert.True(outcome.AcceptedTimestamp <= outcome.WrittenTimestamp && outcome.WrittenTimestamp <= outcome.ResolvedTimestamp);
        Assert.Equal(0, client.InFlight);
        using var key = TestClient.Key();
        using var signer = new OrderSigner(key);
        signer.Sign(TestClient.Hash(1), out var signature);
        var (r, s) = (Convert.ToHexStringLower(signature.R), Convert.ToHexStringLower(signature.S));
        Assert.Equal(
            "{\"op\":\"cancel_order\",\"data\":{\"order_hash\":\"" + TestClient.Hash(1) + "\",\"v\":" + signature.V
            + ",\"r\":\"0x" + r + "\",\"s\":\"0x" + s + "\"}}",
            text);
    }

    [Fact]
    public async Task A_message_that_merely_mentions_the_hash_confirms_nothing()
    {
        var seen = new BlockingCollection<string>();
        using var confirm = new SemaphoreSlim(0);
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            await peer.SendTextAsync("{\"event\":\"order_update\",\"data\":{\"order_hash\":\"" + hash + "\",\"price\":\"1\"}}");
            await peer.SendTextAsync("{\"event\":\"snapshot\",\"orders\":[\"" + hash + "\"]}");
            await peer.SendTextAsync("not even json " + hash);
            await confirm.WaitAsync(peer.Closing);
            await peer.ConfirmAsync(hash);
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        client.MessageReceived += (_, message) => seen.Add(message.ToString());

        var cancel = client.CancelAsync(TestClient.Hash(2)).AsTask();
        var messages = await Task.Run(() => Enumerable.Range(0, 3).Select(_ => seen.Take()).ToList()).Soon();
        Assert.False(cancel.IsCompleted);
        Assert.StartsWith("{\"event\":\"order_update\"", messages[0], StringComparison.Ordinal);
        Assert.StartsWith("not even json", messages[2], StringComparison.Ordinal);

        _ = confirm.Release();
        Assert.Equal(CancelOutcomeKind.Confirmed, (await cancel.Soon()).Kind);
        Assert.Empty(seen);
    }

    [Theory]
    [InlineData("order not open", CancelOutcomeKind.AlreadyGone)]
    [InlineData("order not found", CancelOutcomeKind.AlreadyGone)]
    [InlineData("not the owner", CancelOutcomeKind.Rejected)]
    public async Task Errors_with_the_hash_tell_gone_from_rejected(string error, CancelOutcomeKind expected)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            await peer.SendTextAsync(
                "{\"op\":\"cancel_order\",\"status\":\"error\",\"error\":\"" + error + "\",\"data\":{\"order_hash\":\"" + hash + "\"}}");
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var outcome = await client.CancelAsync(TestClient.Hash(3)).Soon();
        Assert.Equal(expected, outcome.Kind);
        Assert.Contains(error, outcome.Reason, StringComparison.Ordinal);
        if (error.Contains("found", StringComparison.Ordinal))
        {
            Assert.Equal(GoneReason.NotFound, outcome.GoneReason);
        }
    }

    [Fact]
    public async Task A_second_cancel_of_an_unresolved_order_sends_no_second_frame()
    {
        using var confirm = new SemaphoreSlim(0);
        var frames = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            frames++;
            await confirm.WaitAsync(peer.Closing);
            await peer.SendFrameAsync(9, [1]);
            for (var frame = await peer.ReadFrameAsync(); frame.Opcode != 10; frame = await peer.ReadFrameAsync())
            {
                frames += frame.Opcode == 1 ? 1 : 0;
            }

            await peer.ConfirmAsync(hash);
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var cancels = Enumerable.Range(0, 5).Select(_ => client.CancelAsync(TestClient.Hash(4)).AsTask()).ToArray();
        Assert.Equal(1, client.InFlight);
        _ = confirm.Release();

        Assert.All(await Task.WhenAll(cancels).Soon(), o => Assert.Equal(CancelOutcomeKind.Confirmed, o.Kind));
        Assert.Equal(1, frames);
    }

    [Fact]
    public async Task The_deadline_says_unresolved_and_a_late_confirmation_is_reported()
    {
        using var confirm = new SemaphoreSlim(0);
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            await confirm.WaitAsync(peer.Closing);
            await peer.ConfirmAsync(hash);
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var changed = new TaskCompletionSource<OutcomeChangedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OutcomeChanged += (_, change) => changed.SetResult(change);

        var outcome = await client.CancelAsync(TestClient.Hash(5), TimeSpan.FromMilliseconds(50)).Soon();
        Assert.Equal((CancelOutcomeKind.Unresolved, UnresolvedReason.Deadline), (outcome.Kind, outcome.UnresolvedReason));
        Assert.False(outcome.IsClosed);
        Assert.Equal(1, client.InFlight);

        _ = confirm.Release();
        var change = await changed.Task.Soon();
        Assert.Equal(TestClient.Hash(5), change.Hash);
        Assert.Equal(UnresolvedReason.Deadline, change.Previous.UnresolvedReason);
        Assert.Equal(CancelOutcomeKind.Confirmed, change.Current.Kind);
        Assert.Equal(0, client.InFlight);
    }

    [Fact]
    public async Task A_canceled_token_ends_the_wait_and_abandoning_ends_the_cancel()
    {
        await using var server = new ScriptedServer(peer => peer.DrainAsync());
        await using var client = await TestClient.ConnectAsync(server.Uri);
        using var source = new CancellationTokenSource();
        var waiting = client.CancelAsync(TestClient.Hash(6), source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Assert.Equal(1, client.InFlight);

        var joined = client.CancelAsync(TestClient.Hash(6)).AsTask();
        Assert.True(client.Abandon(TestClient.Hash(6)));
        Assert.Equal(UnresolvedReason.Abandoned, (await joined.Soon()).UnresolvedReason);
        Assert.Equal(0, client.InFlight);
        Assert.False(client.Abandon(TestClient.Hash(6)));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CancelAsync(TestClient.Hash(7), source.Token).AsTask());
        Assert.Equal(0, client.InFlight);
    }

    [Fact]
    public async Task A_full_table_rejects_or_lets_wait_as_told()
    {
        using var confirm = new SemaphoreSlim(0);
        async Task Script(ScriptedPeer peer)
        {
            while (true)
            {
                var hash = await peer.ReadCancelAsync();
                await confirm.WaitAsync(peer.Closing);
                await peer.ConfirmAsync(hash);
            }
        }

        await using var server = new ScriptedServer(Script);
        await using var rejecting = await TestClient.ConnectAsync(server.Uri, o => o.Limits.InFlightCapacity = 1);
        _ = rejecting.CancelAsync(TestClient.Hash(8)).AsTask();
        var outcome = await rejecting.CancelAsync(TestClient.Hash(9)).Soon();
        Assert.Equal((UnresolvedReason.TableFull, 0), (outcome.UnresolvedReason, outcome.Attempts));

        _ = confirm.Release(1);
        Assert.True(rejecting.Abandon(TestClient.Hash(8)) || rejecting.InFlight == 0);
    }

    [Fact]
    public async Task A_throttled_cancel_is_sent_again_and_confirmed()
    {
        var copies = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            for (; copies < 2; copies++)
            {
                var hash = await peer.ReadCancelAsync();
                await peer.SendTextAsync(
                    "{\"op\":\"cancel_order\",\"status\":\"error\",\"error\":\"rate limit exceeded\",\"data\":{\"order_hash\":\"" + hash
                        + "\"}}");
            }

            await peer.ConfirmAsync(await peer.ReadCancelAsync());
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var outcome = await client.CancelAsync(TestClient.Hash(13)).Soon();
        Assert.Equal((CancelOutcomeKind.Confirmed, 3), (outcome.Kind, outcome.Attempts));
    }

    [Fact]
    public async Task A_venue_that_only_throttles_leaves_the_cancel_unresolved()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            while (true)
            {
                var hash = await peer.ReadCancelAsync();
                await peer.SendTextAsync(
                    "{\"op\":\"cancel_order\",\"status\":\"error\",\"error\":\"rate limit exceeded\",\"data\":{\"order_hash\":\"" + hash
                        + "\"}}");
                await peer.SendTextAsync("{\"said\":1}");
            }
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Retry.MaxResendsPerOrder = 1);
        var answers = 0;
        client.MessageReceived += (_, _) => Interlocked.Increment(ref answers);
        _ = client.CancelAsync(TestClient.Hash(14), Timeout.InfiniteTimeSpan).AsTask();
        await Wait.Until(() => Volatile.Read(ref answers) == 2, "both copies are throttled");
        var outcome = await client.CancelAsync(TestClient.Hash(14), TimeSpan.FromMilliseconds(50)).Soon();
        Assert.Equal((CancelOutcomeKind.Unresolved, UnresolvedReason.Throttled), (outcome.Kind, outcome.UnresolvedReason));
        Assert.Equal(1, client.InFlight);
    }

    [Fact]
    public async Task A_signature_made_elsewhere_is_checked_before_it_is_sent()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ConfirmAsync(await peer.ReadCancelAsync());
            await peer.DrainAsync();
        });
        using var key = TestClient.Key();
        using var signer = new OrderSigner(key);
        var options = TestClient.Options(server.Uri);
        options.Account = key.Address;
        await using var client = await DmexClient.ConnectAsync(options, key: null);
        var hash = TestClient.Hash(15);
        signer.Sign(TestClient.Hash(16), out var ofAnother);
        var wrong = Assert.Throws<ArgumentException>(() => { _ = client.CancelAsync(hash, ofAnother); });
        Assert.Contains(key.Address.ToString(), wrong.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => { _ = client.CancelAsync(hash, default(Signature)); });
        Assert.Equal(0, client.InFlight);
        var keyless = Assert.Throws<InvalidOperationException>(() => { _ = client.CancelAsync(hash); });
        Assert.Contains("without a key", keyless.Message, StringComparison.Ordinal);

        signer.Sign(hash, out var right);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(hash, right).Soon()).Kind);
    }

    [Fact]
    public async Task Sending_says_written_and_leaves_the_reply_to_the_handler()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ConfirmAsync(await peer.ReadCancelAsync());
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var reply = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.MessageReceived += (_, message) => reply.TrySetResult(message.ToString());
        var outcome = await client.SendAsync(TestClient.Hash(17)).Soon();
        Assert.Equal((SendOutcomeKind.Written, 1), (outcome.Kind, outcome.ConnectionId));
        Assert.Contains(TestClient.Hash(17).ToString(), await reply.Task.Soon(), StringComparison.Ordinal);
        Assert.Equal(0, client.InFlight);

        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        Assert.Equal(NotSentReason.Canceled, (await client.SendAsync(TestClient.Hash(17), canceled.Token)).Reason);
    }

    [Fact]
    public async Task A_cancel_signed_elsewhere_is_sent_and_one_of_another_account_is_refused_unsent()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var signer = new OrderSigner(key);
        await using var client = await TestClient.ConnectAsync(venue.Url, key: key);
        signer.Sign(TestClient.Hash(1), out var signature);

        var outcome = await client.SendAsync(TestClient.Hash(1), signature).Soon();

        Assert.Equal(SendOutcomeKind.Written, outcome.Kind);
        await Wait.Until(() => venue.Transcript.Count == 1, "the cancel arrives");
        var error = Assert.Throws<ArgumentException>(() => { _ = client.SendAsync(TestClient.Hash(2), signature); });
        Assert.Contains(key.Address.ToString(), error.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => { _ = client.SendAsync(TestClient.Hash(2), default(Signature)); });
        await venue.WaitUntilVerifiedAsync();
        Assert.Equal((1, 0), (venue.Transcript.Count, venue.ViolationCount));
    }

    [Fact]
    public async Task Replies_that_nothing_matches_are_reported_once_with_a_sample()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            while (true)
            {
                _ = await peer.ReadCancelAsync();
                await peer.SendTextAsync("{\"done\":true," + new string(' ', 2000) + "\"x\":1}");
            }
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Limits.UnrecognizedThreshold = 3);
        var reported = new BlockingCollection<RepliesUnrecognizedEventArgs>();
        client.RepliesUnrecognized += (_, replies) => reported.Add(replies);
        for (var i = 0; i < 6; i++)
        {
            _ = client.CancelAsync(TestClient.Hash(100 + i)).AsTask();
        }

        var first = await Task.Run(reported.Take).Soon();
        Assert.True(first is { Written: >= 3, Received: >= 3 });
        Assert.Equal(RepliesUnrecognizedEventArgs.MaxSampleSize, first.Sample.Length);
        Assert.Contains("\"done\":true", first.ToString(), StringComparison.Ordinal);
        Assert.Equal(6, client.InFlight);
        await client.DisposeAsync();
        Assert.Empty(reported);
    }
}
