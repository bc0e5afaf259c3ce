using System.Security.Cryptography;
using System.Text;

namespace Dmex.Fast.Lab.Venues;

/// <summary>
/// The server's side of RFC 6455's opening handshake, for servers that a measurement or a test controls. It shares no code with the
/// client, so that a misunderstanding cannot cancel itself out.
/// </summary>
internal static class ServerHandshake
{
    private const string KeyHeader = "Sec-WebSocket-Key:";
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The end of a request's head.</summary>
    public static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>Reads a message head byte by byte, so that nothing behind it is taken.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before.</exception>
    public static string ReadHead(Stream stream)
    {
        var request = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (!System.Runtime.InteropServices.CollectionsMarshal.AsSpan(request).EndsWith(HeadEnd))
        {
            stream.ReadExactly(one);
            request.Add(one[0]);
        }

        return Encoding.Latin1.GetString([.. request]);
    }

    /// <summary>The answer that switches to the WebSocket protocol.</summary>
    /// <param name="request">The request's head.</param>
    public static byte[] Accept(string request)
    {
        var key = request.Split("\r\n")
            .First(line => line.StartsWith(KeyHeader, StringComparison.OrdinalIgnoreCase))[KeyHeader.Length..].Trim();
#pragma warning disable CA5350 // What RFC 6455 §4.2.2 says; it protects nothing.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(key + Guid)));
#pragma warning restore CA5350
        return Encoding.Latin1.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
    }
}
