using System.Buffers.Binary;
using System.Text;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// A message or control frame as read. The payload is a view of the receive buffer or of the reader's own buffer: it
/// holds until the receive buffer is advanced or the reader is used again, whichever comes first.
/// </summary>
internal readonly struct WebSocketMessage(Opcode opcode, ReadOnlyMemory<byte> payload)
{
    /// <summary>Text, Binary, Ping, Pong or Close; never Continuation, except in the default value.</summary>
    public Opcode Opcode { get; } = opcode;

    /// <summary>The payload in one piece.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>The payload in one piece.</summary>
    public ReadOnlySpan<byte> Span => Payload.Span;

    /// <summary>
    /// Of a close frame: its code, or <see cref="CloseCode.NoStatus"/> when it carries none. Otherwise <see cref="CloseCode.None"/>.
    /// </summary>
    public CloseCode CloseCode => Opcode != Opcode.Close ? CloseCode.None
        : Payload.Length < sizeof(ushort) ? CloseCode.NoStatus
        : (CloseCode)BinaryPrimitives.ReadUInt16BigEndian(Payload.Span);

    /// <summary>Of a close frame: its reason, at most 123 bytes of UTF-8; otherwise empty. Allocates.</summary>
    public string CloseReason => Opcode == Opcode.Close && Payload.Length > sizeof(ushort)
        ? Encoding.UTF8.GetString(Payload.Span[sizeof(ushort)..])
        : string.Empty;
}
