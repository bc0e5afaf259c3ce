using System.Net.Sockets;
using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

/// <summary>Opens a WebSocket by hand, to see on the socket what ClientWebSocket hides.</summary>
internal static class RawUpgrade
{
    /// <summary>Connects and reads the headers of the answer; what follows them is returned.</summary>
    public static async Task<(TcpClient Tcp, byte[] Received)> ConnectAsync(SimulatedVenue venue)
    {
        var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync("127.0.0.1", venue.Url.Port);
            var stream = tcp.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"GET {venue.Url.AbsolutePath} HTTP/1.1\r\nHost: {venue.Url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            byte[] received = [];
            int end;
            while ((end = received.AsSpan().IndexOf("\r\n\r\n"u8)) < 0)
            {
                received = [.. received, .. await ReadAsync(stream)];
            }

            Assert.StartsWith("HTTP/1.1 101", Encoding.ASCII.GetString(received), StringComparison.Ordinal);
            return (tcp, received[(end + 4)..]);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Some bytes, at least one; throws when the connection ends or none comes.</summary>
    public static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        using var deadline = new CancellationTokenSource(Wait.Long);
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer, deadline.Token);
        return read > 0 ? buffer[..read] : throw new EndOfStreamException("The venue closed the connection.");
    }
}
