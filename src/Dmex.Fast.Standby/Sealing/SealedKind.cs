namespace Dmex.Fast.Standby.Sealing;

/// <summary>What a sealed message is: a live one or a record of the stream; the numbers go over the wire.</summary>
internal enum SealedKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Records of the book, as they are armed. May be read twice.</summary>
    Live = 1,

    /// <summary>The engine lives.</summary>
    Beat = 2,

    /// <summary>What a standby holds.</summary>
    Acknowledgement = 3,

    /// <summary>What a standby lacks.</summary>
    RepairRequest = 4,

    /// <summary>What a standby would do.</summary>
    Status = 5,

    /// <summary>An operator's order.</summary>
    Order = 6,

    /// <summary>What a standby fired, and what of it is closed.</summary>
    Report = 7,

    /// <summary>In the stream: a generation begins.</summary>
    Generation = 16,

    /// <summary>In the stream: records of the book.</summary>
    Batch = 17,

    /// <summary>In the stream: generations are fenced.</summary>
    Fence = 18,

    /// <summary>In the stream: a part of a whole book.</summary>
    Snapshot = 19,
}
