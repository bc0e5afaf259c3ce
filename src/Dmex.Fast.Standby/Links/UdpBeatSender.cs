using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Standby.Links;

/// <summary>
/// Sends an engine's beats to its standbys by UDP, each in a datagram of its own. Names are resolved elsewhere, again and again, for a
/// standby may move; until then nothing goes to that peer. Thread-safe; sending never waits and never throws.
/// </summary>
internal sealed class UdpBeatSender : IDisposable
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ResolveSoon = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Peer[] _peers;
    private readonly Socket?[] _sockets;
    private readonly CancellationTokenSource _stop = new();
    private long _failed;
    private bool _isDisposed;

    /// <param name="peers">As of <see cref="StandbyClusterOptions.UdpPeers"/>, which were checked.</param>
    public UdpBeatSender(IReadOnlyList<string> peers)
    {
        _peers = [.. peers.Select(text => UdpAddress.Read(text, out var address) is { } wrong
            ? throw new ArgumentException(wrong, nameof(peers))
            : new Peer(address))];
        _sockets = [OpenOrNull(AddressFamily.InterNetwork), OpenOrNull(AddressFamily.InterNetworkV6)];
        foreach (var peer in _peers.Where(peer => peer.Target is null))
        {
            _ = ResolveAsync(peer, _stop.Token);
        }
    }

    /// <summary>How many datagrams could not be handed to the kernel, or had no address yet.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Sends a datagram to each peer.</summary>
    public void Send(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            foreach (var peer in _peers)
            {
                if (!_isDisposed && !TrySend(peer, message))
                {
                    _ = Interlocked.Increment(ref _failed);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (var socket in _sockets)
            {
                socket?.Dispose();
            }
        }

        _stop.Cancel();
        _stop.Dispose();
    }

    private static Socket? OpenOrNull(AddressFamily family)
    {
        try
        {
            return new Socket(family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        }
        catch (SocketException)
        {
            return null; // a host without this version of IP: what goes there counts as failed
        }
    }

    private bool TrySend(Peer peer, ReadOnlySpan<byte> message)
    {
        var target = peer.Target;
        if (target is null || _sockets[target.Family == AddressFamily.InterNetwork ? 0 : 1] is not { } socket)
        {
            return false;
        }

        try
        {
            return socket.SendTo(message, SocketFlags.None, target) == message.Length;
        }
        catch (SocketException)
        {
            return false; // no route, no buffer, refused: the next beat is tried again
        }
    }

    private static async Task ResolveAsync(Peer peer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await peer.ResolveAsync(cancellationToken).ConfigureAwait(false);
                await Task.Delay(peer.Target is null ? ResolveSoon : ResolveAgain, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine ends.
        }
    }

    private sealed class Peer(UdpAddress address)
    {
        private SocketAddress? _target = address.Address is { } known ? new IPEndPoint(known, address.Port).Serialize() : null;

        /// <summary>Where it is; null: not known yet.</summary>
        public SocketAddress? Target => Volatile.Read(ref _target);

        /// <summary>Keeps what it knew when its name does not resolve now.</summary>
        public async Task ResolveAsync(CancellationToken cancellationToken)
        {
            try
            {
                var found = await Dns.GetHostAddressesAsync(address.Host, cancellationToken).ConfigureAwait(false);
                if (found.Length > 0)
                {
                    Volatile.Write(ref _target, new IPEndPoint(found[0], address.Port).Serialize());
                }
            }
            catch (SocketException)
            {
                // Asked again.
            }
        }
    }
}
