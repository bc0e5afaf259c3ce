using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>One copy of a cancel that is to be sent on one connection. A value: what it refers to may have changed meanwhile.</summary>
internal readonly struct CancelCopy
{
    public CancelCopy(TrackedCancel cancel, int connectionId, long incarnation)
    {
        Cancel = cancel;
        Generation = cancel.Generation;
        ConnectionId = connectionId;
        Incarnation = incarnation;
        Hash = cancel.Hash;
        Slot = cancel.Slot;
        SlotGeneration = cancel.SlotGeneration;
        Signature = Slot == TrackedCancel.NoSlot ? cancel.Signature : default;
    }

    /// <summary>Whose outcome is to be told to the tracker, with <see cref="Generation"/>.</summary>
    public TrackedCancel Cancel { get; }

    public uint Generation { get; }

    /// <summary>The connection, counted from 1, in this life of it and no other.</summary>
    public int ConnectionId { get; }

    public long Incarnation { get; }

    public OrderHash Hash { get; }

    /// <summary>Meaningful while <see cref="Slot"/> is <see cref="TrackedCancel.NoSlot"/>.</summary>
    public Signature Signature { get; }

    /// <summary>The book's slot that holds the frame, or <see cref="TrackedCancel.NoSlot"/>.</summary>
    public int Slot { get; }

    public uint SlotGeneration { get; }
}
