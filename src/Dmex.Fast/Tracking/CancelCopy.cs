using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>One copy of a cancel that is to be sent, and the entry that it belongs to.</summary>
internal readonly struct CancelCopy
{
    public CancelCopy(InFlightEntry entry, uint targets)
    {
        Targets = targets;
        Entry = entry;
        Generation = entry.Generation;
        Hash = entry.Hash;
        Signature = entry.Signature;
    }

    public InFlightEntry Entry { get; }

    /// <summary>The connections to send it on, as bits.</summary>
    public uint Targets { get; }

    public uint Generation { get; }

    public OrderHash Hash { get; }

    public Signature Signature { get; }
}
