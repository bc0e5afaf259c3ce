using System.Net;
using System.Net.Sockets;
using System.Text;
using Dmex.Fast.Lab.Venues;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// A server on a thread of its own that confirms every cancel and, after the handshake, allocates nothing: what the
/// process allocates is then the client's. It takes cancels alone, each a frame of one known length.
/// </summary>
internal sealed class QuietPeer : IDisposable
{
    // FIN and text, masked, a 16-bit length, the masking key, and the 265 bytes of a cancel.
    private const int Message = 265;
    private const int Frame = 2 + 2 + 4 + Message;
    private const int HashAt = 45;
    private const int HashDigits = 64;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _thread;
    private readonly bool _answer;
    private readonly byte[] _input = new byte[64 * 1024];
    private readonly byte[] _output;
    private readonly int _replyHashAt;
    private Socket? _socket;

    /// <param name="answer">Whether cancels are confirmed, or only read.</param>
    public QuietPeer(bool answer = true)
    {
        _answer = answer;
        var reply = "{\"op\":\"cancel_order\",\"status\":\"canceled\",\"data\":{\"order_hash\":\"0x" + new string('0', HashDigits) + "\"}}";
        _output = [0x81, 126, 0, (byte)reply.Length, .. Encoding.ASCII.GetBytes(reply)];
        _replyHashAt = _output.AsSpan().IndexOf("0x00"u8) + 2;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public Uri Uri => new($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/ws");

    public void Dispose()
    {
        _socket?.Dispose();
        _listener.Dispose();
        Wait.Joined(_thread);
    }

    private void Run()
    {
        try
        {
            using var socket = _listener.Accept();
            _socket = socket;
            socket.NoDelay = true;
            using (var stream = new NetworkStream(socket))
            {
                stream.Write(ServerHandshake.Accept(ServerHandshake.ReadHead(stream)));
            }

            var filled = 0;
            while (true)
            {
                var received = socket.Receive(_input, filled, _input.Length - filled, SocketFlags.None);
                if (received == 0)
                {
                    return;
                }

                filled += received;
                var at = 0;
                for (; filled - at >= Frame; at += Frame)
                {
                    Answer(socket, _input.AsSpan(at, Frame));
                }

                _input.AsSpan(at, filled - at).CopyTo(_input);
                filled -= at;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection ended.
        }
    }

    private void Answer(Socket socket, ReadOnlySpan<byte> frame)
    {
        if (!_answer)
        {
            return;
        }

        var key = frame.Slice(4, 4);
        var payload = frame[8..];
        for (var i = 0; i < HashDigits; i++)
        {
            _output[_replyHashAt + i] = (byte)(payload[HashAt + i] ^ key[(HashAt + i) & 3]);
        }

        _ = socket.Send(_output);
    }
}
