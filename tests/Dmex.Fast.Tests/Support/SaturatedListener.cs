using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// A listening port whose backlog is full, so that the kernel leaves further connection attempts unanswered: what a
/// silent host looks like, on loopback.
/// </summary>
internal sealed class SaturatedListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fill = [];

    public SaturatedListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        for (var i = 0; i < 16; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException)
            {
                // Under way; the first fill the backlog, the rest wait for ever.
            }

            _fill.Add(socket);
        }

        Thread.Sleep(50);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _fill.ForEach(s => s.Dispose());
        _listener.Dispose();
    }
}
