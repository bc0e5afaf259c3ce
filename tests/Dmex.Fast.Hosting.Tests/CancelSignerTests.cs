using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Cancels that a key kept elsewhere signs: one that is slow, fails, errs or ignores its token costs time alone.</summary>
public sealed class CancelSignerTests : IAsyncLifetime
{
    private static readonly byte[] KeyBytes = [.. Enumerable.Repeat((byte)0x43, 32)];
    private readonly SigningKey _key = SigningKey.FromBytes(KeyBytes);
    private readonly OrderHash _hash = new([.. Enumerable.Repeat((byte)0x51, 32)]);
    private SimulatedVenue _venue = null!;
    private CancelBook _book = null!;
    private DmexClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        _venue.OpenOrder(_hash.AsSpan(), _key.Address.AsSpan());
        _book = CancelBook.Create(new CancelBookOptions
        {
            Capacity = 10,
            Endpoint = _venue.Url,
            Account = _key.Address,
            SignerTimeout = TimeSpan.FromSeconds(1),
        });
        _client = await DmexClient.ConnectAsync(
            new DmexClientOptions
            {
                Endpoint = _venue.Url,
                Account = _key.Address,
                Connections = 1,
                Book = _book,
                CancelTimeout = TimeSpan.FromSeconds(1),
            },
            key: null,
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _book.Dispose();
        await _venue.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task A_signer_that_answers_in_time_arms_and_cancels()
    {
        OrderHash other = new([.. Enumerable.Repeat((byte)0x52, 32)]);
        _venue.OpenOrder(other.AsSpan(), _key.Address.AsSpan());
        ScriptedSigner signer = new(_key.Address, async (hash, token) =>
        {
            await Task.Delay(5, token);
            return Sign(_key, hash);
        });

        Assert.Equal(ArmResult.Armed, await _book.ArmAsync(other, signer, 1, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(ArmResult.Updated, await _book.ArmAsync(other, signer, 2, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(1, signer.Asked);
        Assert.Equal(SendOutcomeKind.Written, (await _client.SendAsync(_hash, signer, TestContext.Current.CancellationToken)).Kind);
        var report = await _client.PanicAsync(BookScope.All, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, report.Confirmed);
        await Waiting.Until(() => _venue.CanceledCount == 2, "both are canceled");
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("deaf")]
    [InlineData("failing")]
    [InlineData("throwing")]
    [InlineData("timing out by itself")]
    [InlineData("empty")]
    [InlineData("wrong hash")]
    [InlineData("wrong key")]
    public async Task A_signer_that_gives_no_signature_is_told_and_nothing_is_sent_or_armed(string kind)
    {
        using var stranger = SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x44, 32)]);
        ScriptedSigner signer = new(_key.Address, kind switch
        {
            "slow" => async (hash, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return Sign(_key, hash);
            }
            ,
            "deaf" => (_, _) => new TaskCompletionSource<Signature>().Task,
            "failing" => (_, _) => Task.FromException<Signature>(new IOException("The module is not there.")),
            "throwing" => (_, _) => throw new IOException("The module is not there."),
            "timing out by itself" => (_, _) => Task.FromException<Signature>(new TaskCanceledException("A time-out of its own.")),
            "empty" => (_, _) => Task.FromResult(default(Signature)),
            "wrong hash" => (_, _) => Task.FromResult(Sign(_key, new OrderHash([.. Enumerable.Repeat((byte)1, 32)]))),
            _ => (hash, _) => Task.FromResult(Sign(stranger, hash)),
        });

        await ToldAsync(() => _book.ArmAsync(_hash, signer, 1, cancellationToken: TestContext.Current.CancellationToken).AsTask());
        await ToldAsync(() => _client.CancelAsync(_hash, signer, TestContext.Current.CancellationToken).AsTask());
        await ToldAsync(() => _client.SendAsync(_hash, signer, TestContext.Current.CancellationToken).AsTask());

        AssertUntouched(asked: 3, signer);

        async Task ToldAsync(Func<Task> action)
        {
            var told = await Assert.ThrowsAsync<CancelSignerException>(action);
            Assert.Contains(_key.Address.ToString(), told.Message, StringComparison.Ordinal);
            Assert.Contains("nothing was sent", told.Message, StringComparison.Ordinal);
            Assert.Equal(kind is "failing" or "throwing", told.InnerException is IOException);
        }
    }

    [Fact]
    public async Task A_signer_for_another_account_is_not_asked()
    {
        using var stranger = SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x44, 32)]);
        ScriptedSigner signer = new(stranger.Address, (hash, _) => Task.FromResult(Sign(stranger, hash)));

        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await _book.ArmAsync(_hash, signer, 1));
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await _client.CancelAsync(_hash, signer));
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await _client.SendAsync(_hash, signer));

        AssertUntouched(asked: 0, signer);
    }

    [Fact]
    public async Task The_callers_token_ends_the_wait_for_a_signer_that_ignores_it()
    {
        using CancellationTokenSource source = new();
        ScriptedSigner signer = new(_key.Address, (_, _) =>
        {
            source.Cancel();
            return new TaskCompletionSource<Signature>().Task;
        });

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _client.CancelAsync(_hash, signer, source.Token));

        Assert.Equal(source.Token, canceled.CancellationToken);
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _book.ArmAsync(_hash, signer, 1, cancellationToken: source.Token));
        AssertUntouched(asked: 2, signer);
    }

    private static Signature Sign(SigningKey key, OrderHash hash)
    {
        using OrderSigner signer = new(key);
        signer.Sign(hash, out var signature);
        return signature;
    }

    private void AssertUntouched(int asked, ScriptedSigner signer)
    {
        Assert.Equal(asked, signer.Asked);
        Assert.Equal((0, 0, 0L), (_book.Count, _client.InFlight, _venue.MessagesReceived));
        Assert.Equal(VenueOrderState.Open, _venue.GetState(_hash.AsSpan()));
    }
}
