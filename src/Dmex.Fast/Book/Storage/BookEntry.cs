using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book.Storage;

/// <summary>What a slot holds besides its frame and what is looked at in bulk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct BookEntry
{
    /// <summary>The order.</summary>
    public OrderHash Hash;

    /// <summary>The signature that its frame is made of; records are written from it.</summary>
    public Signature Signature;
}
