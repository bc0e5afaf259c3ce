using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Dmex.Fast.Transport;

namespace Dmex.Fast.Tests.Support;

/// <summary>The far ends of connections in memory: completes each WebSocket handshake, and is told by the test what to do then.</summary>
internal sealed class MemoryVenue
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly List<MemoryConnection> _ends = [];

    /// <summary>How many connections were made.</summary>
    public int Accepted
    {
        get
        {
            lock (_ends)
            {
                return _ends.Count;
            }
        }
    }

    /// <summary>Makes a connection; for <c>ConnectionSettings.Connector</c>.</summary>
    public IDuplexPipe Accept()
    {
        var (client, server) = MemoryConnection.CreatePair();
        lock (_ends)
        {
            _ends.Add(server);
        }

        _ = Task.Run(() => UpgradeAsync(server));
        return client;
    }

    /// <summary>Ends a connection without a close frame.</summary>
    /// <param name="index">In the order of making, from 0.</param>
    public ValueTask BreakAsync(int index)
    {
        lock (_ends)
        {
            return _ends[index].DisposeAsync();
        }
    }

    /// <summary>Sends bytes to a client.</summary>
    /// <param name="index">In the order of making, from 0.</param>
    /// <param name="frame">Unmasked, as from a server.</param>
    public async Task SendAsync(int index, byte[] frame)
    {
        MemoryConnection end;
        lock (_ends)
        {
            end = _ends[index];
        }

        _ = await end.Output.WriteAsync(frame);
    }

    private static async Task UpgradeAsync(MemoryConnection server)
    {
        var request = string.Empty;
        while (!request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await server.Input.ReadAsync();
            if (read.IsCompleted)
            {
                return;
            }

            request += Encoding.ASCII.GetString(read.Buffer.ToArray());
            server.Input.AdvanceTo(read.Buffer.End);
        }

        var key = request.Split("\r\n").First(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))
            .Split(':')[1].Trim();
#pragma warning disable CA5350 // RFC 6455 §4.2.2 asks for SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350
        _ = await server.Output.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
    }
}
