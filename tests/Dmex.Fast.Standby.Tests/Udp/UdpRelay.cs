using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Standby.Tests.Udp;

/// <summary>The way of an engine's datagrams to a standby's port, on which somebody records, drops and sends others.</summary>
internal sealed class UdpRelay : IDisposable
{
    private readonly Socket _socket = NewSocket();
    private readonly Thread _thread;
    private volatile bool _isMuted;
    private volatile bool _isDisposed;

    public UdpRelay(int standbyPort)
    {
        Target = new IPEndPoint(IPAddress.Loopback, standbyPort);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The standby's.</summary>
    public IPEndPoint Target { get; set; }

    /// <summary>As the engine names it.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    public ConcurrentQueue<byte[]> Recorded { get; } = new();

    public bool IsMuted
    {
        get => _isMuted;
        set => _isMuted = value;
    }

    public static int FreePort()
    {
        using var socket = NewSocket();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Sends a datagram to the standby.</summary>
    public void Send(byte[] datagram) => _ = _socket.SendTo(datagram, Target);

    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
        _thread.Join();
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run()
    {
        var buffer = new byte[2048];
        while (!_isDisposed)
        {
            try
            {
                var datagram = buffer[.._socket.Receive(buffer)];
                if (!IsMuted && !_isDisposed)
                {
                    Recorded.Enqueue(datagram);
                    Send(datagram);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It ends.
            }
        }
    }
}
