namespace Dmex.Fast.Tracking;

/// <summary>What a read of the venue's list said about an order.</summary>
internal enum ListSighting : byte
{
    /// <summary>No read has counted for it.</summary>
    None,

    /// <summary>The list had it.</summary>
    Listed,

    /// <summary>The list did not have it.</summary>
    Absent,
}
