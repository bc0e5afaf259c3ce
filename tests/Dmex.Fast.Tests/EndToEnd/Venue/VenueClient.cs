using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

/// <summary>A plain ClientWebSocket with a generous deadline on everything.</summary>
internal sealed class VenueClient : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(Wait.Long);
    private readonly byte[] _buffer = new byte[128 * 1024];

    private VenueClient()
    {
        Socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public ClientWebSocket Socket { get; } = new();

    public CancellationToken Token => _deadline.Token;

    public static async Task<VenueClient> ConnectAsync(SimulatedVenue venue, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new VenueClient();
        try
        {
            configure?.Invoke(client.Socket.Options);
            await client.Socket.ConnectAsync(venue.Url, client.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool endOfMessage = true) =>
        Socket.SendAsync(bytes, type, endOfMessage, Token).AsTask();

    /// <summary>The next message, assembled from its fragments.</summary>
    public async Task<(byte[] Bytes, WebSocketMessageType Type, int Fragments)> ReceiveAsync()
    {
        var length = 0;
        var fragments = 0;
        while (true)
        {
            var read = await Socket.ReceiveAsync(_buffer.AsMemory(length), Token);
            length += read.Count;
            fragments++;
            if (read.EndOfMessage || read.MessageType == WebSocketMessageType.Close)
            {
                return (_buffer[..length], read.MessageType, fragments);
            }
        }
    }

    public async Task<JsonElement> ReceiveJsonAsync()
    {
        (var bytes, var type, _) = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, type);
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    public async Task<JsonElement> AskAsync(string text)
    {
        await SendAsync(text);
        return await ReceiveJsonAsync();
    }

    /// <summary>Reads until the connection ends; returns the close code, or null when it broke without one.</summary>
    public async Task<int?> ReadToEndAsync()
    {
        try
        {
            while ((await ReceiveAsync()).Type != WebSocketMessageType.Close)
            {
            }

            return (int?)Socket.CloseStatus;
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        _deadline.Dispose();
    }
}
