using System.Buffers.Binary;
using System.Text;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Tests.Support;

/// <summary>A frame that a <see cref="ScriptedPeer"/> read.</summary>
internal sealed record ScriptedFrame(int Opcode, bool Final, bool Masked, byte[] Payload)
{
    /// <summary>The three reserved bits as a number, 0–7.</summary>
    public int Rsv { get; init; }

    public string Text => Encoding.UTF8.GetString(Payload);

    public int CloseCode => Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : 0;
}
