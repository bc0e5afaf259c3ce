namespace Dmex.Fast.WebSockets;

/// <summary>The kind of a frame (RFC 6455 §5.2). 0x3–0x7 and 0xB–0xF are reserved.</summary>
internal enum Opcode
{
    /// <summary>A further fragment of the data message that is open.</summary>
    Continuation = 0x0,

    /// <summary>UTF-8 text, or its first fragment.</summary>
    Text = 0x1,

    /// <summary>Arbitrary bytes, or their first fragment.</summary>
    Binary = 0x2,

    /// <summary>The closing handshake (§5.5.1).</summary>
    Close = 0x8,

    /// <summary>Asks for a pong with the same payload (§5.5.2).</summary>
    Ping = 0x9,

    /// <summary>The answer to a ping, or an unsolicited sign of life (§5.5.3).</summary>
    Pong = 0xA,
}
