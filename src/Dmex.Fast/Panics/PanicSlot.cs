namespace Dmex.Fast.Panics;

/// <summary>What a panic remembers of a fired order's copies.</summary>
internal struct PanicSlot
{
    /// <summary>The connection that carried the last copy; 0 when none did, or it is gone.</summary>
    public byte Carrier;

    /// <summary>A copy is on its way into a send queue.</summary>
    public bool IsSending;

    /// <summary>Copies that were sent again.</summary>
    public byte Resends;

    /// <summary>The order has been counted as written.</summary>
    public bool WasWritten;

    /// <summary>Which of the orders that were in this slot of the book it is about.</summary>
    public uint Generation;

    /// <summary>When the last copy was handed to a connection.</summary>
    public long StartedAt;

    /// <summary>When the last copy was written.</summary>
    public long WrittenAt;

    /// <summary>When it was seen that its carrier has answered later copies; 0 when it has not.</summary>
    public long PassedOver;

    /// <summary>When the venue's putting it off ends; 0 when it did not.</summary>
    public long DueAt;

    /// <summary>When it was fired.</summary>
    public long FiredAt;
}
