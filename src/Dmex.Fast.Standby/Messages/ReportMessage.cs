using System.Buffers.Binary;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Messages;

/// <summary>
/// A standby fired a generation, and knows of some orders that they are closed:
/// <c>generation (4) count (4) fence id (8) [hash (32)]</c>.
/// </summary>
internal static class ReportMessage
{
    /// <summary>The most orders of a report.</summary>
    public const int MaxOrders = 1000;

    /// <summary>The length of the part before the orders.</summary>
    public const int HeaderSize = 16;

    /// <summary>The most bytes of a report.</summary>
    public const int MaxSize = HeaderSize + (MaxOrders * OrderHash.Size);

    /// <summary>Writes a report.</summary>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> destination, uint generation, ulong fenceId, ReadOnlySpan<OrderHash> closed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, generation);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], closed.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], fenceId);
        for (var i = 0; i < closed.Length; i++)
        {
            closed[i].CopyTo(destination[(HeaderSize + (i * OrderHash.Size))..]);
        }

        return HeaderSize + (closed.Length * OrderHash.Size);
    }

    /// <summary>Reads the part before the orders.</summary>
    /// <returns>How many orders follow; -1: it is no report.</returns>
    public static int Read(ReadOnlySpan<byte> source, out uint generation, out ulong fenceId)
    {
        generation = 0;
        fenceId = 0;
        if (source.Length < HeaderSize || (source.Length - HeaderSize) % OrderHash.Size != 0)
        {
            return -1;
        }

        generation = BinaryPrimitives.ReadUInt32LittleEndian(source);
        fenceId = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        return count == (source.Length - HeaderSize) / OrderHash.Size ? count : -1;
    }

    /// <summary>An order of a report.</summary>
    public static OrderHash OrderAt(ReadOnlySpan<byte> source, int index) =>
        new(source.Slice(HeaderSize + (index * OrderHash.Size), OrderHash.Size));
}
