using System.Net.WebSockets;
using Dmex.Fast.Client;
using Dmex.Fast.Connections;
using Dmex.Fast.Lab.Venues;
using Websocket.Client;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>More ways to connect to the sink.</summary>
internal static class SinkConnections
{
    /// <summary>A client on top of .NET's WebSocket, by many users' choice.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="url"><see cref="SinkProcess.Url"/> when null.</param>
    public static WebsocketClient ConnectWebsocketClient(this SinkProcess sink, Uri? url = null)
    {
        var client = new WebsocketClient(url ?? sink.Url, null, (to, _) => Task.FromResult<WebSocket>(sink.ConnectWebSocket(to)))
        {
            ReconnectTimeout = null,
        };
        client.StartOrFail().GetAwaiter().GetResult();
        return client;
    }

    /// <summary>A connection of ours, as the client makes it, but for the clock that pings.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="taker">Takes what comes.</param>
    /// <param name="url"><see cref="SinkProcess.Url"/> when null.</param>
    /// <param name="pingInterval">The client's own when null; the sink does not answer pings.</param>
    public static VenueConnection ConnectVenue(this SinkProcess sink, IConnectionSink taker, Uri? url = null, TimeSpan? pingInterval = null)
    {
        var options = new DmexClientOptions { Liveness = { PongTimeout = TimeSpan.FromHours(1) } };
        options.Liveness.PingInterval = pingInterval ?? options.Liveness.PingInterval;
        options.Transport.TrustRoots = [sink.Certificate];
        var connection = new VenueConnection(1, CancelEngine.Settings(options, connector: null, url ?? sink.Url), taker, _ => { });
        connection.ConnectAsync(CancellationToken.None).GetAwaiter().GetResult();
        return connection;
    }
}
