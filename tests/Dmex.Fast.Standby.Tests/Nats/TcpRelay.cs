using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>A second address of a server that listens on loopback.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ends = new();
    private readonly Task _accepting;

    public TcpRelay(int target)
        : this(new IPEndPoint(IPAddress.Loopback, 0), target)
    {
    }

    public TcpRelay(IPEndPoint address, int target)
    {
        _listener = new TcpListener(address);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(target);
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ends.Dispose();
    }

    private async Task AcceptAsync(int target)
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_ends.Token), target));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client, int target)
    {
        using var server = new TcpClient();
        using var _ = client;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target, _ends.Token);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream(), _ends.Token),
                server.GetStream().CopyToAsync(client.GetStream(), _ends.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The connection ends with the relay.
        }
    }
}
