using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace Dmex.Fast.Venue.Faults;

/// <summary>
/// Messages that no client should trip over. None of them carries an order hash together with a cancel word, so a client
/// that confirms an order because of one is wrong.
/// </summary>
internal static class GarbageMessages
{
    private const int NestingDepth = 5_000;

    private static readonly byte[][] Texts =
    [
        [],
        "this is not JSON"u8.ToArray(),
        """{"op":"cancel_order","status":"""u8.ToArray(),
        """{"op":5,"status":["canceled"],"order_hash":{"0x":null}}"""u8.ToArray(),
        """{"op":"cancel_order","status":"canceled","order_hash":12345}"""u8.ToArray(),
        """{"op":"cancel_order","status":"canceled","order_hash":"0x12"}"""u8.ToArray(),
        """{"op":"cancel_order","status":"canceled","order_hash":"\ud800"}"""u8.ToArray(),
        """{"op":"cancel_order","op":"cancel_order","error":null}"""u8.ToArray(),
        "null"u8.ToArray(),
        "[[],{},[null,true,1e999]]"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('[', NestingDepth)),
        Encoding.UTF8.GetBytes(new StringBuilder().Insert(0, "{\"data\":", NestingDepth).Append('1').Append('}', NestingDepth).ToString()),
    ];

    /// <summary>Picks a message by 64 drawn bits: one of the texts, or 8 binary bytes.</summary>
    public static (ReadOnlyMemory<byte> Message, WebSocketMessageType Type) Pick(ulong bits)
    {
        var choice = (int)(bits % (ulong)(Texts.Length + 1));
        if (choice < Texts.Length)
        {
            return (Texts[choice], WebSocketMessageType.Text);
        }

        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, bits);
        return (bytes, WebSocketMessageType.Binary);
    }
}
