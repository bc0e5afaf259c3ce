using System.Runtime.InteropServices;

namespace Dmex.Fast.Book.Storage;

/// <summary>A latch in a book's header: 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct BookLatchRecord
{
    /// <summary>See <see cref="BookScope.Mask"/>.</summary>
    public ulong Mask;

    /// <summary>See <see cref="BookScope.Value"/>.</summary>
    public ulong Value;

    /// <summary>The panic that set it; 0 in a record that says nothing. Written last.</summary>
    public int Panic;

    /// <summary>Of mask, value and panic.</summary>
    public uint Checksum;

    /// <summary>Fills the record up to 32 bytes.</summary>
    public ulong Reserved;
}
