using System.Runtime.InteropServices;

namespace Dmex.Fast.Book.Storage;

/// <summary>A tag and a priority. A slot has two: a change is written to the one that does not count, and then the commit word names it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct BookTagRecord
{
    /// <summary>The caller's tag.</summary>
    public ulong Tag;

    /// <summary>0 to 7, 0 first.</summary>
    public uint Priority;

    /// <summary>Of tag, priority, generation and slot.</summary>
    public uint Checksum;
}
