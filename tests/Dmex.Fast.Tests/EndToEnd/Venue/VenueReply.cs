using System.Text.Json;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

/// <summary>Reads the members that a venue's answer has or lacks.</summary>
internal static class VenueReply
{
    public static string? Text(this JsonElement message, string member) =>
        message.TryGetProperty(member, out var value) ? value.GetString() : null;

    public static string? ErrorText(this JsonElement message, string member) =>
        message.TryGetProperty("error", out var error) ? error.Text(member) : null;

    public static void AssertConfirms(this JsonElement message, byte[] hash)
    {
        Assert.Equal("cancel_order", message.Text("op"));
        Assert.Equal("canceled", message.Text("status"));
        Assert.Equal(CancelSigner.Hex(hash), message.Text("order_hash"));
        Assert.False(message.TryGetProperty("error", out _));
    }

    public static void AssertError(this JsonElement message, string code, byte[]? hash)
    {
        Assert.Equal("error", message.Text("status"));
        Assert.Equal(code, message.ErrorText("code"));
        Assert.NotNull(message.ErrorText("message"));
        Assert.Equal(hash is null ? null : CancelSigner.Hex(hash), message.Text("order_hash"));
    }
}
