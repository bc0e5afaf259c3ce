using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Standby.Links;

/// <summary>
/// Receives the engine's beats by UDP, on a thread of its own. It judges nothing: anyone who reaches the port may have sent a datagram, and
/// the handler authenticates it. No more of one is read than tells that it is too long.
/// </summary>
internal sealed class UdpBeatListener : IDisposable
{
    private readonly Socket _socket;
    private readonly Action<ReadOnlySpan<byte>> _handler;
    private readonly Thread _thread;
    private readonly byte[] _datagram;
    private volatile bool _isDisposed;

    private UdpBeatListener(Socket socket, int maxLength, Action<ReadOnlySpan<byte>> handler)
    {
        _socket = socket;
        _handler = handler;
        _datagram = GC.AllocateArray<byte>(maxLength + 1, pinned: true);
        _thread = new Thread(Receive) { IsBackground = true, Name = "dmex-standby-udp", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Opens the port and begins to receive.</summary>
    /// <param name="text">As of <see cref="StandbyClusterOptions.UdpListen"/>, which was checked.</param>
    /// <param name="maxLength">Of a datagram; of a longer one the handler gets one byte more.</param>
    /// <param name="handler">Called on the listener's thread, one call at a time; its span is valid during the call alone.</param>
    /// <exception cref="StandbyLinkException">The port cannot be opened; the message says why and what to do.</exception>
    public static UdpBeatListener Open(string text, int maxLength, Action<ReadOnlySpan<byte>> handler)
    {
        if (UdpAddress.ReadLocal(text, out var address) is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(text));
        }

        try
        {
            return new UdpBeatListener(Bind(address), maxLength, handler);
        }
        catch (SocketException e)
        {
            throw new StandbyLinkException(
                $"UDP {text} cannot be listened on: {e.Message}. Name an address of this host and a port that is free "
                    + $"({nameof(StandbyClusterOptions.UdpListen)}).",
                e);
        }
    }

    /// <summary>Ends; no call of the handler comes after it, unless it is called by the handler.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private static Socket Bind(UdpAddress address)
    {
        var any = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        var local = address.Address ?? any;
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = local.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(new IPEndPoint(local, address.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Receive()
    {
        while (!_isDisposed)
        {
            int length;
            try
            {
                length = _socket.Receive(_datagram);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
            {
                length = _datagram.Length;
            }
            catch (SocketException)
            {
                // The kernel's word of an earlier datagram, or of the network: the port stays open.
                Thread.Sleep(1);
                continue;
            }

            if (_isDisposed)
            {
                return;
            }

            _handler(_datagram.AsSpan(0, length));
        }
    }
}
