using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book.Storage;

/// <summary>What a slot holds beside its frame and its commit word: 72 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct BookEntry
{
    /// <summary>The order.</summary>
    public OrderHash Hash;

    /// <summary>The tag that counts while the commit word's record is 0.</summary>
    public BookTagRecord First;

    /// <summary>The tag that counts while the commit word's record is 1.</summary>
    public BookTagRecord Second;

    /// <summary>Counts the orders that the slot has held.</summary>
    public uint Generation;

    /// <summary>Of frame, hash, generation and slot.</summary>
    public uint Checksum;
}
