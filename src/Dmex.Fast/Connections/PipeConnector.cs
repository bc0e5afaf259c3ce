using System.IO.Pipelines;
using Dmex.Fast.Transport;

namespace Dmex.Fast.Connections;

/// <summary>Makes the byte pipe to an endpoint on the caller's thread: TCP, and TLS for wss.</summary>
internal static class PipeConnector
{
    /// <exception cref="TransportException">The pipe could not be made in time; the message says which step failed.</exception>
    /// <exception cref="OperationCanceledException">The budget's token was canceled.</exception>
    public static IDuplexPipe Connect(
        ConnectionSettings settings, ConnectBudget budget, AddressOrder order, FlushWorker worker)
    {
        var endpoint = settings.Endpoint;
        var secure = string.Equals(endpoint.Scheme, "wss", StringComparison.Ordinal);
        var port = endpoint.Port > 0 ? endpoint.Port : secure ? 443 : 80;
        var socket = SocketConnection.Connect(endpoint.IdnHost, port, settings.Transport, budget, order, worker);
        return secure ? TlsConnection.Handshake(socket, endpoint.IdnHost, settings.Transport, budget) : socket;
    }
}
