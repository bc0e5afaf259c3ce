using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Org.BouncyCastle.Math;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueVerdictTests
{
    private static readonly CancelSigner Owner = new(7);
    private static readonly CancelSigner Stranger = new(8);
    private static readonly byte[] Hash = CancelSigner.Hash(1);

    [Fact]
    public async Task An_open_order_is_canceled_by_its_owner()
    {
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);

        Assert.Equal(VenueOrderState.Canceled, venue.GetState(Hash));
        Assert.Equal((0, 1, 0), (venue.OpenCount, venue.CanceledCount, venue.FilledCount));
        Assert.Equal(1, venue.CanceledWithValidSignature);
        var record = Assert.Single(venue.Transcript);
        Assert.Equal((1L, 1L), (record.Sequence, record.ConnectionId));
        Assert.Equal(new VenueHash(Hash), record.Hash);
        Assert.Equal(VenueVerdict.Confirmed, record.Verdict);
        Assert.Equal(VenueSignatureCheck.Valid, record.Signature);
        Assert.InRange(record.DecidedTimestamp, record.ReceivedTimestamp, record.RepliedTimestamp);
    }

    [Fact]
    public async Task Many_keys_and_hashes_are_recovered_with_both_values_of_v()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);
        var seen = new HashSet<int>();
        for (var i = 1; i <= 40; i++)
        {
            var signer = new CancelSigner(i);
            var hash = CancelSigner.Hash(i);
            venue.OpenOrder(hash, signer.Address);
            seen.Add(signer.Sign(hash).V);
            (await client.AskAsync(signer.Cancel(hash))).AssertConfirms(hash);
        }

        Assert.Equal([27, 28], seen.Order());
        Assert.Equal(40, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task An_unknown_order_is_not_found()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(Hash))).AssertError("order_not_found", Hash);

        Assert.Null(venue.GetState(Hash));
        Assert.Equal(VenueVerdict.OrderNotFound, Assert.Single(venue.Transcript).Verdict);
    }

    [Theory]
    [InlineData(VenueOrderState.Filled, "filled")]
    [InlineData(VenueOrderState.Canceled, "canceled")]
    public async Task A_closed_order_is_not_open_and_the_answer_says_why(VenueOrderState state, string reason)
    {
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        var closed = state == VenueOrderState.Filled ? venue.FillOrder(Hash) : venue.MarkCanceledOnVenue(Hash);
        Assert.True(closed);
        Assert.False(venue.FillOrder(Hash));
        using var client = await VenueClient.ConnectAsync(venue);

        var reply = await client.AskAsync(Owner.Cancel(Hash));

        reply.AssertError("order_not_open", Hash);
        Assert.Equal(reason, reply.ErrorText("reason"));
        Assert.Contains(reason, reply.ErrorText("message"), StringComparison.Ordinal);
        Assert.Equal(state, venue.GetState(Hash));
        Assert.Equal(0, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task A_second_cancel_finds_the_order_canceled()
    {
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
        var second = await client.AskAsync(Owner.Cancel(Hash));

        second.AssertError("order_not_open", Hash);
        Assert.Equal("canceled", second.ErrorText("reason"));
        Assert.Equal(1, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task Another_account_cannot_cancel_the_order()
    {
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Stranger.Cancel(Hash))).AssertError("not_order_owner", Hash);

        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
        var record = Assert.Single(venue.Transcript);
        Assert.Equal((VenueVerdict.NotOwner, VenueSignatureCheck.Invalid), (record.Verdict, record.Signature));
    }

    [Theory]
    [InlineData("r zero")]
    [InlineData("s zero")]
    [InlineData("r is n")]
    [InlineData("s is n")]
    [InlineData("s high")]
    [InlineData("r on no point")]
    public async Task A_signature_that_belongs_to_no_signer_is_bad(string fault)
    {
        (var v, var r, var s) = Owner.Sign(Hash);
        (v, r, s) = fault switch
        {
            "r zero" => (v, BigInteger.Zero, s),
            "s zero" => (v, r, BigInteger.Zero),
            "r is n" => (v, CancelSigner.Order, s),
            "s is n" => (v, r, CancelSigner.Order),
            "s high" => (55 - v, r, CancelSigner.Order.Subtract(s)),
            _ => (v, BigInteger.ValueOf(5), s), // 5^3 + 7 = 132 is no square modulo p
        };
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        var reply = await client.AskAsync(
            CancelSigner.Message(CancelSigner.Hex(Hash), v, CancelSigner.Hex(r), CancelSigner.Hex(s)));

        reply.AssertError("bad_signature", Hash);
        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
        Assert.Equal(VenueVerdict.BadSignature, Assert.Single(venue.Transcript).Verdict);
    }

    [Fact]
    public async Task The_wrong_v_names_another_signer()
    {
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);
        (var v, var r, var s) = Owner.Sign(Hash);

        (await client.AskAsync(CancelSigner.Message(CancelSigner.Hex(Hash), 55 - v, CancelSigner.Hex(r), CancelSigner.Hex(s))))
            .AssertError("not_order_owner", Hash);

        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
    }

    [Fact]
    public async Task An_order_that_lands_late_is_not_found_until_it_has_landed()
    {
        await using var venue = await StartAsync();
        using var client = await VenueClient.ConnectAsync(venue);
        var never = venue.OpenOrderAfter(TimeSpan.FromHours(1), Hash, Owner.Address);
        var soon = CancelSigner.Hash(2);
        (await client.AskAsync(Owner.Cancel(Hash))).AssertError("order_not_found", Hash);

        await venue.OpenOrderAfter(TimeSpan.FromMilliseconds(1), soon, Owner.Address);

        (await client.AskAsync(Owner.Cancel(soon))).AssertConfirms(soon);
        await venue.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task Hashes_can_be_upper_case_or_left_out()
    {
        await using var upper = await StartAsync(new VenueOptions { UpperCaseHashes = true });
        await using var without = await StartAsync(new VenueOptions { ReplyWithoutHash = true });
        await using var errorsWithout = await StartAsync(new VenueOptions { ErrorsWithoutHash = true });
        foreach (var venue in new[] { upper, without, errorsWithout })
        {
            venue.OpenOrder(Hash, Owner.Address);
        }

        using var toUpper = await VenueClient.ConnectAsync(upper);
        using var toWithout = await VenueClient.ConnectAsync(without);
        using var toErrorsWithout = await VenueClient.ConnectAsync(errorsWithout);
        var cancel = Owner.Cancel(Hash);

        Assert.Equal("0x" + Convert.ToHexString(Hash), (await toUpper.AskAsync(cancel)).Text("order_hash"));
        Assert.Null((await toWithout.AskAsync(cancel)).Text("order_hash"));
        (await toWithout.AskAsync(cancel)).AssertError("order_not_open", hash: null);
        (await toErrorsWithout.AskAsync(cancel)).AssertConfirms(Hash);
        (await toErrorsWithout.AskAsync(cancel)).AssertError("order_not_open", hash: null);
    }

    [Fact]
    public async Task Many_connections_race_for_the_same_orders_and_each_order_is_confirmed_once()
    {
        const int Orders = 60;
        const int Clients = 4;
        await using var venue = await StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        byte[][] hashes = [.. Enumerable.Range(0, Orders).Select(CancelSigner.Hash)];
        venue.OpenOrders(hashes.SelectMany(hash => hash).ToArray(), Owner.Address);
        Assert.Equal(Orders, venue.OpenCount);
        string[] cancels = [.. hashes.Select(Owner.Cancel)];

        var confirmed = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = await VenueClient.ConnectAsync(venue);
            foreach (var cancel in cancels)
            {
                await client.SendAsync(cancel);
            }

            var count = 0;
            for (var i = 0; i < Orders; i++)
            {
                var reply = await client.ReceiveJsonAsync();
                Assert.Equal(CancelSigner.Hex(hashes[i]), reply.Text("order_hash"));
                count += string.Equals(reply.Text("status"), "canceled", StringComparison.Ordinal) ? 1 : 0;
            }

            return count;
        }));

        Assert.Equal(Orders, confirmed.Sum());
        Assert.Equal(0, venue.OpenCount);
        Assert.Equal(Orders * Clients, venue.MessagesReceived);
        await venue.WaitUntilVerifiedAsync();
        Assert.Equal(Orders, venue.CanceledWithValidSignature);
        Assert.All(venue.Transcript, record => Assert.Equal(VenueSignatureCheck.Valid, record.Signature));
    }

    [Fact]
    public async Task Orders_with_wrong_lengths_or_known_hashes_are_refused()
    {
        await using var venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);

        Assert.Contains(
            "opened before", Assert.Throws<ArgumentException>(() => venue.OpenOrder(Hash, Stranger.Address)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "32 bytes", Assert.Throws<ArgumentException>(() => venue.OpenOrder(new byte[31], Owner.Address)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "20 bytes", Assert.Throws<ArgumentException>(() => venue.OpenOrder(CancelSigner.Hash(2), new byte[32])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => venue.OpenOrders(new byte[33], Owner.Address));
        Assert.Throws<ArgumentException>(() => venue.GetState(new byte[20]));
        Assert.Equal(1, venue.OpenCount);
    }

    [Fact]
    public async Task The_transcript_drops_its_oldest_records_when_it_is_full()
    {
        await using var venue = await StartAsync(new VenueOptions { TranscriptCapacity = 1 });
        using var client = await VenueClient.ConnectAsync(venue);
        const int Sent = 9_000;
        for (var i = 0; i < Sent; i += 500)
        {
            for (var j = 0; j < 500; j++)
            {
                await client.SendAsync("{}");
            }

            for (var j = 0; j < 500; j++)
            {
                await client.ReceiveAsync();
            }
        }

        var transcript = venue.Transcript;
        Assert.Equal(Sent, venue.MessagesReceived);
        Assert.Equal(Sent, transcript[^1].Sequence);
        Assert.Equal(venue.TranscriptDropped + 1, transcript[0].Sequence);
        Assert.InRange(venue.TranscriptDropped, 1, Sent - 1);
        Assert.All(transcript, record => Assert.Equal(VenueVerdict.Malformed, record.Verdict));
    }

    private static Task<SimulatedVenue> StartAsync(VenueOptions? options = null) =>
        SimulatedVenue.StartAsync(options ?? new VenueOptions());
}
