using System.IO.Pipelines;
using System.Text;
using Dmex.Fast.Connections;
using Dmex.Fast.Signing;
using Dmex.Fast.Transport;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Warmup;

/// <summary>
/// The far end of a rehearsal's connections, in memory: accepts the WebSocket, reads everything, and says what it is told to.
/// One thread directs it; each connection has a thread that reads.
/// </summary>
internal sealed class RehearsalVenue
{
    private const string KeyHeader = "Sec-WebSocket-Key: ";

    private readonly List<MemoryConnection> _ends = [];

    /// <summary>The near end of a new connection.</summary>
    public IDuplexPipe Accept()
    {
        var (near, far) = MemoryConnection.CreatePair();
        lock (_ends)
        {
            _ends.Add(far);
        }

        new Thread(() => Serve(far)) { IsBackground = true, Name = "dmex-rehearsal" }.Start();
        return near;
    }

    /// <summary>Confirms cancels on the first connection, all in one piece.</summary>
    public void Confirm(ReadOnlySpan<OrderHash> orders)
    {
        using var bytes = new MemoryStream();
        foreach (var order in orders)
        {
            var text = Encoding.ASCII.GetBytes($$"""{"op":"cancel_order","status":"canceled","order_hash":"{{order}}"}""");
            bytes.WriteByte(0x80 | (byte)Opcode.Text);
            bytes.WriteByte(checked((byte)text.Length)); // under 126: the header has two bytes
            bytes.Write(text);
        }

        Write(First, bytes.ToArray());
    }

    /// <summary>Ends every connection.</summary>
    public void End()
    {
        lock (_ends)
        {
            _ends.ForEach(end => end.Output.Complete());
        }
    }

    private MemoryConnection First
    {
        get
        {
            lock (_ends)
            {
                return _ends[0];
            }
        }
    }

    private static void Serve(MemoryConnection end)
    {
        try
        {
            if (ReadKey(end.Input) is not { } key)
            {
                return;
            }

            Write(end, Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {ClientHandshake.ComputeAccept(key)}\r\n\r\n"));
            for (var read = VenueConnection.Read(end.Input); !read.IsCompleted; read = VenueConnection.Read(end.Input))
            {
                end.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // The rehearsal has ended this end, or the client the other, in the middle of it.
        }
        finally
        {
            end.Input.Complete();
        }
    }

    /// <summary>The request's key; the request is written in one piece. Null when the connection ended before it.</summary>
    private static string? ReadKey(PipeReader input)
    {
        var read = VenueConnection.Read(input);
        var request = Encoding.ASCII.GetString(read.Buffer);
        input.AdvanceTo(read.Buffer.End);
        var start = request.IndexOf(KeyHeader, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? null : request[(start + KeyHeader.Length)..request.IndexOf('\r', start)];
    }

    private static void Write(MemoryConnection end, byte[] bytes)
    {
        var write = end.Output.WriteAsync(bytes);
        _ = write.IsCompleted ? write.Result : write.AsTask().GetAwaiter().GetResult();
    }
}
