using Dmex.Fast.Tests.EndToEnd.Venue;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Venue;

public sealed class VenueOptionsTests
{
    public static TheoryData<string, Func<object>> Refused() => new()
    {
        { "Port", () => new VenueOptions { Port = 65536 } },
        { "Path", () => new VenueOptions { Path = "ws" } },
        { "Path", () => new VenueOptions { Path = "/ws?x" } },
        { "ServiceRate", () => new VenueOptions { ServiceRate = 0 } },
        { "ServiceRate", () => new VenueOptions { ServiceRate = double.NaN } },
        { "ServiceQueueCapacity", () => new VenueOptions { ServiceQueueCapacity = 0 } },
        { "KeepAliveInterval", () => new VenueOptions { KeepAliveInterval = TimeSpan.Zero } },
        { "MaxMessageBytes", () => new VenueOptions { MaxMessageBytes = 511 } },
        { "ReadAheadMessages", () => new VenueOptions { ReadAheadMessages = 0 } },
        { "TranscriptCapacity", () => new VenueOptions { TranscriptCapacity = 0 } },
        { "DropReplyProbability", () => new VenueFaults { DropReplyProbability = -0.1 } },
        { "LoseRequestProbability", () => new VenueFaults { LoseRequestProbability = 1.1 } },
        { "ResetProbability", () => new VenueFaults { ResetProbability = double.NaN } },
        { "MinDelay", () => new VenueFaults { MinDelay = TimeSpan.FromTicks(-1) } },
        { "CloseCode", () => new VenueFaults { CloseCode = 1005 } },
        { "StatusCode", () => new VenueRefusal { StatusCode = 200 } },
        { "RetryAfter", () => new VenueRefusal { RetryAfter = TimeSpan.FromTicks(-1) } },
        { "MessagesPerSecond", () => new VenueRateLimit { MessagesPerSecond = double.PositiveInfinity } },
        { "Burst", () => new VenueRateLimit { MessagesPerSecond = 1, Burst = 0 } },
        { "BanAfter", () => new VenueRateLimit { MessagesPerSecond = 1, BanAfter = 0 } },
        { "BanDuration", () => new VenueRateLimit { MessagesPerSecond = 1, BanDuration = TimeSpan.Zero } },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_refused_by_its_name(string name, Func<object> create)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(create);

        Assert.Equal(name, error.ParamName);
        Assert.Contains($"{name} is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contradicting_delays_are_refused_and_change_nothing()
    {
        var contradiction = new VenueFaults { MinDelay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(1) };

        await Assert.ThrowsAsync<ArgumentException>(() => SimulatedVenue.StartAsync(new VenueOptions { Faults = contradiction }));
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        Assert.Throws<ArgumentException>(() => venue.Faults = contradiction);
        Assert.Same(VenueFaults.None, venue.Faults);
    }

    [Fact]
    public void A_hash_reads_only_its_own_text()
    {
        var hash = new VenueHash(CancelSigner.Hash(258));
        var text = hash.ToString();

        Assert.Equal("0xab" + new string('0', 58) + "0102", text);
        Assert.True(VenueHash.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var parsed));
        Assert.Equal(hash, parsed);
        Assert.Equal(hash.GetHashCode(), parsed.GetHashCode());
        Assert.True(hash != default);
        foreach (var bad in new[] { "", "0x", text[2..], text[..^1], text + "0", text.ToUpperInvariant(), text[..^1] + "g", text[..^1]
            + "é" })
        {
            Assert.False(VenueHash.TryParse(System.Text.Encoding.UTF8.GetBytes(bad), out _), bad);
        }
    }
}
