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
    public async Task An_open_order_is_cancelled_by_its_owner()
    {
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);

        Assert.Equal(VenueOrderState.Cancelled, venue.GetState(Hash));
        Assert.Equal((0, 1, 0), (venue.OpenCount, venue.CancelledCount, venue.FilledCount));
        Assert.Equal(1, venue.CancelledWithValidSignature);
        VenueCancelRecord record = Assert.Single(venue.Transcript);
        Assert.Equal((1L, 1L), (record.Sequence, record.ConnectionId));
        Assert.Equal(new VenueHash(Hash), record.Hash);
        Assert.Equal(VenueVerdict.Confirmed, record.Verdict);
        Assert.Equal(VenueSignatureCheck.Valid, record.Signature);
        Assert.InRange(record.DecidedTimestamp, record.ReceivedTimestamp, record.RepliedTimestamp);
    }

    [Fact]
    public async Task Many_keys_and_hashes_are_recovered_with_both_values_of_v()
    {
        await using SimulatedVenue venue = await StartAsync();
        using VenueClient client = await VenueClient.ConnectAsync(venue);
        var seen = new HashSet<int>();
        for (int i = 1; i <= 40; i++)
        {
            var signer = new CancelSigner(i);
            byte[] hash = CancelSigner.Hash(i);
            venue.OpenOrder(hash, signer.Address);
            seen.Add(signer.Sign(hash).V);
            (await client.AskAsync(signer.Cancel(hash))).AssertConfirms(hash);
        }

        Assert.Equal([27, 28], seen.Order());
        Assert.Equal(40, venue.CancelledWithValidSignature);
    }

    [Fact]
    public async Task An_unknown_order_is_not_found()
    {
        await using SimulatedVenue venue = await StartAsync();
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(Hash))).AssertError("order_not_found", Hash);

        Assert.Null(venue.GetState(Hash));
        Assert.Equal(VenueVerdict.OrderNotFound, Assert.Single(venue.Transcript).Verdict);
    }

    [Theory]
    [InlineData(VenueOrderState.Filled, "filled")]
    [InlineData(VenueOrderState.Cancelled, "cancelled")]
    public async Task A_closed_order_is_not_open_and_the_answer_says_why(VenueOrderState state, string reason)
    {
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        bool closed = state == VenueOrderState.Filled ? venue.FillOrder(Hash) : venue.MarkCancelledOnVenue(Hash);
        Assert.True(closed);
        Assert.False(venue.FillOrder(Hash));
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        JsonElement reply = await client.AskAsync(Owner.Cancel(Hash));

        reply.AssertError("order_not_open", Hash);
        Assert.Equal(reason, reply.ErrorText("reason"));
        Assert.Contains(reason, reply.ErrorText("message"), StringComparison.Ordinal);
        Assert.Equal(state, venue.GetState(Hash));
        Assert.Equal(0, venue.CancelledWithValidSignature);
    }

    [Fact]
    public async Task A_second_cancel_finds_the_order_cancelled()
    {
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
        JsonElement second = await client.AskAsync(Owner.Cancel(Hash));

        second.AssertError("order_not_open", Hash);
        Assert.Equal("cancelled", second.ErrorText("reason"));
        Assert.Equal(1, venue.CancelledWithValidSignature);
    }

    [Fact]
    public async Task Another_account_cannot_cancel_the_order()
    {
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Stranger.Cancel(Hash))).AssertError("not_order_owner", Hash);

        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
        VenueCancelRecord record = Assert.Single(venue.Transcript);
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
        (int v, BigInteger r, BigInteger s) = Owner.Sign(Hash);
        (v, r, s) = fault switch
        {
            "r zero" => (v, BigInteger.Zero, s),
            "s zero" => (v, r, BigInteger.Zero),
            "r is n" => (v, CancelSigner.Order, s),
            "s is n" => (v, r, CancelSigner.Order),
            "s high" => (55 - v, r, CancelSigner.Order.Subtract(s)),
            _ => (v, BigInteger.ValueOf(5), s), // 5^3 + 7 = 132 is no square modulo p
        };
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        JsonElement reply = await client.AskAsync(
            CancelSigner.Message(CancelSigner.Hex(Hash), v, CancelSigner.Hex(r), CancelSigner.Hex(s)));

        reply.AssertError("bad_signature", Hash);
        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
        Assert.Equal(VenueVerdict.BadSignature, Assert.Single(venue.Transcript).Verdict);
    }

    [Fact]
    public async Task The_wrong_v_names_another_signer()
    {
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);
        (int v, BigInteger r, BigInteger s) = Owner.Sign(Hash);

        (await client.AskAsync(CancelSigner.Message(CancelSigner.Hex(Hash), 55 - v, CancelSigner.Hex(r), CancelSigner.Hex(s))))
            .AssertError("not_order_owner", Hash);

        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
    }

    [Fact]
    public async Task An_order_that_lands_late_is_not_found_until_it_has_landed()
    {
        await using SimulatedVenue venue = await StartAsync();
        using VenueClient client = await VenueClient.ConnectAsync(venue);
        Task never = venue.OpenOrderAfter(TimeSpan.FromHours(1), Hash, Owner.Address);
        byte[] soon = CancelSigner.Hash(2);
        (await client.AskAsync(Owner.Cancel(Hash))).AssertError("order_not_found", Hash);

        await venue.OpenOrderAfter(TimeSpan.FromMilliseconds(1), soon, Owner.Address);

        (await client.AskAsync(Owner.Cancel(soon))).AssertConfirms(soon);
        await venue.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task Hashes_can_be_upper_case_or_left_out()
    {
        await using SimulatedVenue upper = await StartAsync(new VenueOptions { UpperCaseHashes = true });
        await using SimulatedVenue without = await StartAsync(new VenueOptions { ReplyWithoutHash = true });
        await using SimulatedVenue errorsWithout = await StartAsync(new VenueOptions { ErrorsWithoutHash = true });
        foreach (SimulatedVenue venue in new[] { upper, without, errorsWithout })
        {
            venue.OpenOrder(Hash, Owner.Address);
        }

        using VenueClient toUpper = await VenueClient.ConnectAsync(upper);
        using VenueClient toWithout = await VenueClient.ConnectAsync(without);
        using VenueClient toErrorsWithout = await VenueClient.ConnectAsync(errorsWithout);
        string cancel = Owner.Cancel(Hash);

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
        await using SimulatedVenue venue = await StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        byte[][] hashes = [.. Enumerable.Range(0, Orders).Select(CancelSigner.Hash)];
        venue.OpenOrders(hashes.SelectMany(hash => hash).ToArray(), Owner.Address);
        Assert.Equal(Orders, venue.OpenCount);
        string[] cancels = [.. hashes.Select(Owner.Cancel)];

        int[] confirmed = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using VenueClient client = await VenueClient.ConnectAsync(venue);
            foreach (string cancel in cancels)
            {
                await client.SendAsync(cancel);
            }

            int count = 0;
            for (int i = 0; i < Orders; i++)
            {
                JsonElement reply = await client.ReceiveJsonAsync();
                Assert.Equal(CancelSigner.Hex(hashes[i]), reply.Text("order_hash"));
                count += string.Equals(reply.Text("status"), "cancelled", StringComparison.Ordinal) ? 1 : 0;
            }

            return count;
        }));

        Assert.Equal(Orders, confirmed.Sum());
        Assert.Equal(0, venue.OpenCount);
        Assert.Equal(Orders * Clients, venue.MessagesReceived);
        await venue.WaitUntilVerifiedAsync();
        Assert.Equal(Orders, venue.CancelledWithValidSignature);
        Assert.All(venue.Transcript, record => Assert.Equal(VenueSignatureCheck.Valid, record.Signature));
    }

    [Fact]
    public async Task Orders_with_wrong_lengths_or_known_hashes_are_refused()
    {
        await using SimulatedVenue venue = await StartAsync();
        venue.OpenOrder(Hash, Owner.Address);

        Assert.Contains("opened before", Assert.Throws<ArgumentException>(() => venue.OpenOrder(Hash, Stranger.Address)).Message, StringComparison.Ordinal);
        Assert.Contains("32 bytes", Assert.Throws<ArgumentException>(() => venue.OpenOrder(new byte[31], Owner.Address)).Message, StringComparison.Ordinal);
        Assert.Contains("20 bytes", Assert.Throws<ArgumentException>(() => venue.OpenOrder(CancelSigner.Hash(2), new byte[32])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => venue.OpenOrders(new byte[33], Owner.Address));
        Assert.Throws<ArgumentException>(() => venue.GetState(new byte[20]));
        Assert.Equal(1, venue.OpenCount);
    }

    [Fact]
    public async Task The_transcript_drops_its_oldest_records_when_it_is_full()
    {
        await using SimulatedVenue venue = await StartAsync(new VenueOptions { TranscriptCapacity = 1 });
        using VenueClient client = await VenueClient.ConnectAsync(venue);
        const int Sent = 9_000;
        for (int i = 0; i < Sent; i += 500)
        {
            for (int j = 0; j < 500; j++)
            {
                await client.SendAsync("{}");
            }

            for (int j = 0; j < 500; j++)
            {
                await client.ReceiveAsync();
            }
        }

        IReadOnlyList<VenueCancelRecord> transcript = venue.Transcript;
        Assert.Equal(Sent, venue.MessagesReceived);
        Assert.Equal(Sent, transcript[^1].Sequence);
        Assert.Equal(venue.TranscriptDropped + 1, transcript[0].Sequence);
        Assert.InRange(venue.TranscriptDropped, 1, Sent - 1);
        Assert.All(transcript, record => Assert.Equal(VenueVerdict.Malformed, record.Verdict));
    }

    private static Task<SimulatedVenue> StartAsync(VenueOptions? options = null) =>
        SimulatedVenue.StartAsync(options ?? new VenueOptions());
}
