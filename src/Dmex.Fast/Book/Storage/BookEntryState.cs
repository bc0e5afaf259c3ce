namespace Dmex.Fast.Book.Storage;

/// <summary>What a slot holds; the numbers are written to files.</summary>
internal enum BookEntryState : byte
{
    /// <summary>No order.</summary>
    Free = 0,

    /// <summary>An order whose cancel was never handed out.</summary>
    Armed = 1,

    /// <summary>An order whose cancel was handed out, and the venue has not answered.</summary>
    Fired = 2,

    /// <summary>An order that the venue refused to cancel.</summary>
    Rejected = 3,
}
