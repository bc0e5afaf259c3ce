using System.IO.Pipelines;

namespace Dmex.Fast.Connections;

/// <summary>What one connection needs to know; fixed before it connects.</summary>
internal sealed class ConnectionSettings
{
    public required Uri Endpoint { get; init; }

    /// <summary>Makes the pipe in place of TCP and TLS; null to connect to the endpoint.</summary>
    public Func<IDuplexPipe>? Connector { get; init; }

    public required TransportOptions Transport { get; init; }

    public required HandshakeOptions Handshake { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan CloseTimeout { get; init; }

    public required TimeSpan PingInterval { get; init; }

    public required TimeSpan PongTimeout { get; init; }

    public required int SendBufferSize { get; init; }

    public required int MaxWaitingSends { get; init; }

    public required int MaxFrameSize { get; init; }

    public required int MaxMessageSize { get; init; }

    /// <summary>UTF-8; empty sends none.</summary>
    public ReadOnlyMemory<byte> Heartbeat { get; init; }

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);
}
