using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class HandshakeOptionsTests
{
    [Fact]
    public void Ordinary_options_are_valid()
    {
        new HandshakeOptions().Validate();
        var options = new HandshakeOptions { UserAgent = null };
        options.Headers["X-Api-Key"] = "k3y with spaces\tand tabs";
        options.Headers["Origin"] = "https://example.com";
        options.SubProtocols.Add("v1.dmex");
        options.SubProtocols.Add("V1.dmex");
        options.Validate();
    }

    [Theory]
    [InlineData("secret\r\nX-Evil: 1")]
    [InlineData("secret\n")]
    [InlineData("secret\0")]
    [InlineData("secret\u007F")]
    [InlineData("secret\u00E9")]
    [InlineData("secret\u0100")]
    public void A_value_that_cannot_be_sent_is_refused_by_the_name_of_its_header_and_never_shown(string value)
    {
        var options = new HandshakeOptions();
        options.Headers["X-Api-Key"] = value;
        var error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Contains("X-Api-Key", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);

        var agent = Assert.Throws<ArgumentException>(new HandshakeOptions { UserAgent = value }.Validate);
        Assert.Contains("User-Agent", agent.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", agent.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X Key")]
    [InlineData("X-Key:")]
    [InlineData("X-Key\r\nX-Evil")]
    [InlineData("X-Kéy")]
    [InlineData("Host")]
    [InlineData("upgrade")]
    [InlineData("CONNECTION")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("User-Agent")]
    [InlineData("Sec-WebSocket-Key")]
    [InlineData("sec-websocket-extensions")]
    public void A_header_that_is_not_the_users_to_set_is_refused(string header)
    {
        var options = new HandshakeOptions();
        options.Headers[header] = "value-not-shown";
        var error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.DoesNotContain("value-not-shown", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        if (HttpText.IsToken(header))
        {
            Assert.Contains(header, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_null_value_is_refused()
    {
        var options = new HandshakeOptions();
        options.Headers["X-Null"] = null!;
        Assert.Contains("X-Null", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    [InlineData("twice")]
    public void A_subprotocol_that_is_no_token_or_stands_twice_is_refused(string name)
    {
        var options = new HandshakeOptions();
        options.SubProtocols.Add("twice");
        options.SubProtocols.Add(name);
        Assert.Throws<ArgumentException>(options.Validate);
    }
}
