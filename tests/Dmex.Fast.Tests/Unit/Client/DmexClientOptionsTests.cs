using Xunit;

namespace Dmex.Fast.Tests.Unit.Client;

public sealed class DmexClientOptionsTests
{
    [Fact]
    public void The_defaults_are_valid_for_an_endpoint()
    {
        var options = Options();
        options.Validate();
        Assert.True(options.VerifyAfterSign);
        Assert.True(options.Liveness.PongTimeout < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_endpoint_must_be_named_and_the_error_shows_the_documented_one()
    {
        var error = Assert.Throws<ArgumentException>(new DmexClientOptions().Validate);

        Assert.Equal(nameof(DmexClientOptions.Endpoint), error.ParamName);
        Assert.Contains("must be named", error.Message, StringComparison.Ordinal);
        Assert.Contains("wss://api.dmex.app/ws", error.Message, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("http://venue.example/api/orders", false)]
    [InlineData("ftp://127.0.0.1/api/orders", false)]
    [InlineData("wss://venue.example/api/orders", false)]
    [InlineData("https://user:secret@venue.example/api/orders", false)]
    [InlineData("https://venue.example/api/orders#part", false)]
    [InlineData("/api/orders", false)]
    [InlineData("http://127.0.0.1:8080/api/orders", true)]
    [InlineData("http://localhost/api/orders", true)]
    [InlineData("https://venue.example/api/orders", true)]
    [InlineData(null, true)]
    public void A_list_is_read_over_https_or_on_loopback(string? endpoint, bool isTaken)
    {
        var list = new OpenOrdersOptions { Endpoint = endpoint is null ? null : new Uri(endpoint, UriKind.RelativeOrAbsolute) };
        var options = new DmexClientOptions { Endpoint = new Uri("wss://venue.example/ws"), OpenOrders = list };
        var error = Record.Exception(options.Validate);
        Assert.Equal(isTaken, error is null);
        Assert.Equal(!isTaken, error is ArgumentException && error.Message.Contains("OpenOrders.Endpoint", StringComparison.Ordinal));
        Assert.DoesNotContain("user:", error?.Message ?? string.Empty, StringComparison.Ordinal);
    }

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
        Refused("Liveness.PingInterval", o => o.Liveness.PingInterval = TimeSpan.Zero);
        Refused("Liveness.PongTimeout", o => o.Liveness.PongTimeout = o.Liveness.PingInterval);
        Refused("Liveness.HeartbeatInterval", o => o.Liveness.HeartbeatInterval = TimeSpan.Zero);
        Refused("Limits.InFlightCapacity", o => o.Limits.InFlightCapacity = 0);
        Refused("Retry.MaxResendsPerOrder", o => o.Retry.MaxResendsPerOrder = -1);
        Refused("Limits.SendBufferSize", o => o.Limits.SendBufferSize = 100);
        Refused("Limits.MaxWaitingSends", o => o.Limits.MaxWaitingSends = -1);
        Refused("Limits.MaxFrameSize", o => o.Limits.MaxFrameSize = 1);
        Refused("Limits.MaxMessageSize", o => o.Limits.MaxMessageSize = o.Limits.MaxFrameSize - 1);
        Refused("Limits.EventQueueCapacity", o => o.Limits.EventQueueCapacity = 0);
        Refused("Limits.EventQueueBytes", o => o.Limits.EventQueueBytes = 0);
        Refused("Limits.UnrecognizedThreshold", o => o.Limits.UnrecognizedThreshold = 0);
        Refused("Liveness.HeartbeatText", o => o.Liveness.HeartbeatText = new string('x', o.Limits.SendBufferSize));
        Refused("OpenOrders.ListLag", o => o.OpenOrders = new OpenOrdersOptions { ListLag = TimeSpan.FromSeconds(-1) });
        Refused("OpenOrders.Interval", o => o.OpenOrders = new OpenOrdersOptions { Interval = TimeSpan.Zero });
        Refused("OpenOrders.Timeout", o => o.OpenOrders = new OpenOrdersOptions { Timeout = TimeSpan.Zero });
        Refused("OpenOrders.MaxBytes", o => o.OpenOrders = new OpenOrdersOptions { MaxBytes = 10 });
        Refused("Retry.NotFoundGrace", o => o.Retry.NotFoundGrace = TimeSpan.FromSeconds(-1));
        Refused("Retry.MaxResendsPerSecond", o => o.Retry.MaxResendsPerSecond = 0);
        Refused("Retry.MaxRetryAfter", o => o.Retry.MaxRetryAfter = TimeSpan.Zero);
        Refused("Reconnect.Delay", o => o.Reconnect.Delay = TimeSpan.Zero);
        Refused("Reconnect.MaxDelay", o => o.Reconnect.MaxDelay = TimeSpan.Zero);
        Refused("RateBudget.Burst", o => o.RateBudget = new RateBudgetOptions { Burst = 0 });
        Refused("Transport.SendBufferSize", o => o.Transport.SendBufferSize = 0);
        Refused(nameof(DmexClientOptions.Handshake), o => o.Handshake.Headers["Host"] = "x");
        Refused(nameof(DmexClientOptions.Retry), o => o.Retry = null!);
        Refused(nameof(DmexClientOptions.Reconnect), o => o.Reconnect = null!);
        Refused(nameof(DmexClientOptions.Liveness), o => o.Liveness = null!);
        Refused(nameof(DmexClientOptions.Limits), o => o.Limits = null!);
        Refused(nameof(DmexClientOptions.Handshake), o => o.Handshake = null!);
        Refused(nameof(DmexClientOptions.Transport), o => o.Transport = null!);
        Refused(nameof(DmexClientOptions.Classifier), o => o.Classifier = null!);
    }

    [Fact]
    public void All_wrong_options_are_named_at_once()
    {
        var options = new DmexClientOptions
        {
            Endpoint = DmexClientOptions.DocumentedEndpoint,
            Connections = 0,
            CancelTimeout = TimeSpan.Zero,
            Retry = { MaxResendsPerOrder = -1 },
        };

        var errors = options.GetErrors();
        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal(3, errors.Count);
        Assert.All(errors, line => Assert.Contains(line, error.Message, StringComparison.Ordinal));
        Assert.Equal("CancelTimeout", error.ParamName);
        Assert.Empty(Options().GetErrors());
    }

    private static DmexClientOptions Options() => new() { Endpoint = DmexClientOptions.DocumentedEndpoint };

    private static void Refused(string option, Action<DmexClientOptions> change)
    {
        var options = Options();
        change(options);
        var error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.StartsWith(option + ":", error.Message, StringComparison.Ordinal);
        Assert.Equal(option, error.ParamName);
    }
}
