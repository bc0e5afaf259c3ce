using Xunit;

namespace Dmex.Fast.Tests.Unit.Client;

public sealed class DmexClientOptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        var options = new DmexClientOptions();
        options.Validate();
        Assert.Equal("wss://api.dmex.app/ws", options.Endpoint.ToString());
        Assert.True(options.VerifyAfterSign);
        Assert.True(options.PongTimeout < TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("http://127.0.0.1/ws")]
    [InlineData("wss://user:secret@host/ws")]
    [InlineData("wss://host/ws#part")]
    [InlineData("ws://venue.example/ws")]
    [InlineData("ws://127.0.0.1.example/ws")]
    [InlineData("relative")]
    public void An_endpoint_that_is_none_is_refused_with_the_expected_form(string endpoint)
    {
        var options = new DmexClientOptions { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) };
        var error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Contains("Endpoint", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:8080/ws")]
    [InlineData("ws://localhost/ws")]
    [InlineData("ws://[::1]:9/ws")]
    [InlineData("wss://back.dmex.app/ws")]
    public void Loopback_may_be_plain_and_the_rest_encrypted(string endpoint) =>
        new DmexClientOptions { Endpoint = new Uri(endpoint) }.Validate();

    [Fact]
    public void Plaintext_elsewhere_needs_the_option() =>
        new DmexClientOptions { Endpoint = new Uri("ws://venue.example/ws"), AllowPlaintext = true }.Validate();

    [Fact]
    public void Every_wrong_option_is_named()
    {
        Refused(nameof(DmexClientOptions.Endpoint), o => o.Endpoint = null!);
        Refused(nameof(DmexClientOptions.ConnectTimeout), o => o.ConnectTimeout = TimeSpan.Zero);
        Refused(nameof(DmexClientOptions.CancelTimeout), o => o.CancelTimeout = TimeSpan.FromDays(2));
        Refused(nameof(DmexClientOptions.CloseTimeout), o => o.CloseTimeout = TimeSpan.FromSeconds(-1));
        Refused(nameof(DmexClientOptions.PingInterval), o => o.PingInterval = TimeSpan.Zero);
        Refused(nameof(DmexClientOptions.PongTimeout), o => o.PongTimeout = o.PingInterval);
        Refused(nameof(DmexClientOptions.HeartbeatInterval), o => o.HeartbeatInterval = TimeSpan.Zero);
        Refused(nameof(DmexClientOptions.InFlightCapacity), o => o.InFlightCapacity = 0);
        Refused(nameof(DmexClientOptions.MaxResendsPerOrder), o => o.MaxResendsPerOrder = -1);
        Refused(nameof(DmexClientOptions.SendBufferSize), o => o.SendBufferSize = 100);
        Refused(nameof(DmexClientOptions.MaxWaitingSends), o => o.MaxWaitingSends = -1);
        Refused(nameof(DmexClientOptions.MaxFrameSize), o => o.MaxFrameSize = 1);
        Refused(nameof(DmexClientOptions.MaxMessageSize), o => o.MaxMessageSize = o.MaxFrameSize - 1);
        Refused(nameof(DmexClientOptions.EventQueueCapacity), o => o.EventQueueCapacity = 0);
        Refused(nameof(DmexClientOptions.EventQueueBytes), o => o.EventQueueBytes = 0);
        Refused(nameof(DmexClientOptions.UnrecognizedThreshold), o => o.UnrecognizedThreshold = 0);
        Refused(nameof(DmexClientOptions.HeartbeatText), o => o.HeartbeatText = new string('x', o.SendBufferSize));
        Refused(nameof(DmexClientOptions.Handshake), o => o.Handshake = null!);
        Refused(nameof(DmexClientOptions.Transport), o => o.Transport = null!);
        Refused(nameof(DmexClientOptions.Classifier), o => o.Classifier = null!);
    }

    private static void Refused(string option, Action<DmexClientOptions> change)
    {
        var options = new DmexClientOptions();
        change(options);
        var error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.StartsWith(option + ":", error.Message, StringComparison.Ordinal);
        Assert.Equal(option, error.ParamName);
    }
}
