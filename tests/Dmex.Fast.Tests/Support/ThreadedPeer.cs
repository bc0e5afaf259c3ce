using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// A server on a thread of its own with blocking sockets, for tests in which the thread pool does nothing: confirms
/// every cancel, and counts the text messages that it parses. Takes one connection after the other.
/// </summary>
internal sealed class ThreadedPeer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _thread;
    private readonly Action<byte[]>? _message;
    private Socket? _socket;
    private volatile bool _mute;
    private volatile bool _disposed;
    private int _connections;
    private int _received;

    /// <param name="message">Takes each text message in place of confirming it.</param>
    public ThreadedPeer(Action<byte[]>? message = null)
    {
        _message = message;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public Uri Uri => new($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/ws");

    /// <summary>What ended the thread, beside the end of the connection.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The connections taken.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The text messages received.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Answers nothing from now on.</summary>
    public void Mute() => _mute = true;

    /// <summary>Answers again, from the next message on.</summary>
    public void Unmute() => _mute = false;

    /// <summary>Cuts the connection of the moment.</summary>
    public void Cut() => Volatile.Read(ref _socket)?.Dispose();

    public void Dispose()
    {
        _disposed = true;
        _listener.Dispose();
        Cut();
        Wait.Joined(_thread);
    }

    private void Run()
    {
        while (!_disposed)
        {
            try
            {
                using var socket = _listener.Accept();
                Volatile.Write(ref _socket, socket);
                _ = Interlocked.Increment(ref _connections);
                if (!_disposed)
                {
                    Serve(socket);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // The connection ended, or the listener.
            }
            catch (Exception e)
            {
                Failure = e;
                return;
            }
        }
    }

    private void Serve(Socket socket)
    {
        socket.NoDelay = true;
        using var stream = new BufferedStream(new NetworkStream(socket), 65_536);
        using var replies = new NetworkStream(socket);
        replies.Write(ServerHandshake.Accept(ServerHandshake.ReadHead(stream)));
        while (true)
        {
            var (opcode, payload) = ReadFrame(stream);
            if (opcode == 8)
            {
                replies.Write(Frame(8, payload));
                return;
            }

            if (opcode == 9)
            {
                replies.Write(Frame(10, payload));
                continue;
            }

            _ = Interlocked.Increment(ref _received);
            if (_message is not null)
            {
                _message(payload);
            }
            else if (!_mute)
            {
                Confirm(replies, payload);
            }
        }
    }

    private static void Confirm(NetworkStream replies, byte[] payload)
    {
        var text = Encoding.ASCII.GetString(payload);
        var hash = text.Substring(text.IndexOf("0x", StringComparison.Ordinal), 66);
        replies.Write(
            Frame(
                1, Encoding.ASCII.GetBytes(
                    "{\"op\":\"cancel_order\",\"status\":\"canceled\",\"data\":{\"order_hash\":\"" + hash + "\"}}")));
    }

    private static (int Opcode, byte[] Payload) ReadFrame(BufferedStream stream)
    {
        Span<byte> head = stackalloc byte[8];
        stream.ReadExactly(head[..2]);
        var opcode = head[0] & 0x0F;
        if ((head[0] & 0xF0) != 0x80 || (head[1] & 0x80) == 0)
        {
            throw new InvalidOperationException($"Not a whole masked frame: {head[0]:x2} {head[1]:x2}.");
        }

        var length = head[1] & 0x7F;
        if (length == 126)
        {
            stream.ReadExactly(head[..2]);
            length = BinaryPrimitives.ReadUInt16BigEndian(head);
        }

        Span<byte> key = stackalloc byte[4];
        stream.ReadExactly(key);
        var payload = new byte[length];
        stream.ReadExactly(payload);
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= key[i & 3];
        }

        return (opcode, payload);
    }

    private static byte[] Frame(int opcode, byte[] payload) => payload.Length < 126
        ? [(byte)(0x80 | opcode), (byte)payload.Length, .. payload]
        : [(byte)(0x80 | opcode), 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
}
