using Dmex.Fast.Signing;

namespace Dmex.Fast.Cancels;

/// <summary>One copy of a cancel that is to be sent, and the entry that it belongs to.</summary>
internal readonly struct CancelCopy
{
    public CancelCopy(InFlightEntry entry)
    {
        Entry = entry;
        Generation = entry.Generation;
        Hash = entry.Hash;
        Signature = entry.Signature;
    }

    public InFlightEntry Entry { get; }

    public uint Generation { get; }

    public OrderHash Hash { get; }

    public Signature Signature { get; }
}
