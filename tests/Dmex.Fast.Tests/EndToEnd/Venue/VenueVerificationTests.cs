using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueVerificationTests
{
    private static readonly CancelSigner Owner = new(7);
    private static readonly CancelSigner Stranger = new(8);

    [Fact]
    public async Task Deferred_verification_confirms_at_once_and_finds_the_bad_signature_afterwards()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        var good = CancelSigner.Hash(1);
        var bad = CancelSigner.Hash(2);
        venue.OpenOrder(good, Owner.Address);
        venue.OpenOrder(bad, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(good))).AssertConfirms(good);
        (await client.AskAsync(Stranger.Cancel(bad))).AssertConfirms(bad);
        await venue.WaitUntilVerifiedAsync();

        Assert.Equal(1, venue.CanceledWithValidSignature);
        Assert.Equal(1, venue.ViolationCount);
        var violation = Assert.Single(venue.Violations);
        Assert.Equal((2L, new VenueHash(bad)), (violation.Sequence, violation.Hash));
        Assert.Equal(CancelSigner.Hex(Owner.Address), violation.Owner);
        Assert.Equal(CancelSigner.Hex(Stranger.Address), violation.Signer);
        Assert.Equal(
            [VenueSignatureCheck.Valid, VenueSignatureCheck.Invalid], venue.Transcript.Select(record => record.Signature));
    }

    [Fact]
    public async Task Deferred_verification_happens_by_itself_once_the_venue_is_idle()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        var hash = CancelSigner.Hash(1);
        venue.OpenOrder(hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Owner.Cancel(hash))).AssertConfirms(hash);

        await VenueWait.UntilAsync(() => venue.CanceledWithValidSignature == 1, "the signature is verified");
        Assert.Empty(venue.Violations);
    }

    [Fact]
    public async Task Deferred_verification_also_looks_at_cancels_of_closed_orders()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        var hash = CancelSigner.Hash(1);
        venue.OpenOrder(hash, Owner.Address);
        venue.FillOrder(hash);
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Stranger.Cancel(hash))).AssertError("order_not_open", hash);
        await venue.WaitUntilVerifiedAsync();

        Assert.Single(venue.Violations);
        Assert.Equal(0, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task With_inline_verification_there_is_nothing_to_wait_for()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());

        await venue.WaitUntilVerifiedAsync();

        Assert.Empty(venue.Violations);
    }

    [Fact]
    public async Task Disposing_ends_the_wait_for_verification()
    {
        var venue = await SimulatedVenue.StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        await venue.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => venue.WaitUntilVerifiedAsync());
        await venue.DisposeAsync();
    }
}
