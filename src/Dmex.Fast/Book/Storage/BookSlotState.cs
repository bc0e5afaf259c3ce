using System.Runtime.InteropServices;

namespace Dmex.Fast.Book.Storage;

/// <summary>The part of a slot that changes while its order is in the book.</summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(uint))]
internal struct BookSlotState
{
    public BookEntryState State;

    /// <summary>0 to 7, 0 first.</summary>
    public byte Priority;

    /// <summary>Whether the venue was seen to know the order.</summary>
    public bool IsLive;
}
