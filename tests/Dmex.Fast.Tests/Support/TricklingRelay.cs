using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Tests.Support;

/// <summary>A TCP relay that passes bytes on in pieces of a given size, with a pause between them, in each direction.</summary>
internal sealed class TricklingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint _target;
    private readonly int _toServer;
    private readonly int _toClient;
    private readonly TimeSpan _pause;
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;

    /// <param name="target">The server behind.</param>
    /// <param name="toServer">Bytes a piece towards the server.</param>
    /// <param name="toClient">Bytes a piece towards the client.</param>
    /// <param name="pause">Between two pieces; zero for none.</param>
    public TricklingRelay(Uri target, int toServer, int toClient, TimeSpan pause)
    {
        _target = new IPEndPoint(IPAddress.Loopback, target.Port);
        _toServer = toServer;
        _toClient = toClient;
        _pause = pause;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The same endpoint, through the relay.</summary>
    public Uri Through(Uri uri) => new UriBuilder(uri) { Port = Port }.Uri;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        lock (_sockets)
        {
            _sockets.ForEach(s => s.Dispose());
        }

        await _accepting.Soon("the relay's connections");
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_sockets)
                {
                    _sockets.Add(near);
                    _sockets.Add(far);
                }

                near.NoDelay = true;
                far.NoDelay = true;
                await far.ConnectAsync(_target);
                running.Add(PumpAsync(near, far, _toServer));
                running.Add(PumpAsync(far, near, _toClient));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }

        await Task.WhenAll(running);
    }

    private async Task PumpAsync(Socket from, Socket to, int piece)
    {
        var buffer = new byte[piece];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer);
                if (count == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }

                if (_pause > TimeSpan.Zero)
                {
                    await Task.Delay(_pause);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side went; the other is told by closing it.
            from.Dispose();
            to.Dispose();
        }
    }
}
