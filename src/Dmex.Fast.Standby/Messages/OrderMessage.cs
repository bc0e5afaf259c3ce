using System.Buffers.Binary;

namespace Dmex.Fast.Standby.Messages;

/// <summary>
/// An operator orders a fire: <c>generation (4) 0 (4) mask (8) value (8)</c>. It names the generation, so that an order which somebody
/// kept and sends again fires nothing of a later one.
/// </summary>
/// <param name="Generation">Whose orders.</param>
/// <param name="Scope">Which of them.</param>
internal readonly record struct OrderMessage(uint Generation, BookScope Scope)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 24;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Scope.Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Scope.Value);
    }

    /// <summary>Reads it; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out OrderMessage order)
    {
        order = default;
        if (source.Length != Size)
        {
            return false;
        }

        var mask = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]);
        if ((value & ~mask) != 0)
        {
            return false;
        }

        order = new OrderMessage(BinaryPrimitives.ReadUInt32LittleEndian(source), new BookScope(mask, value));
        return true;
    }
}
