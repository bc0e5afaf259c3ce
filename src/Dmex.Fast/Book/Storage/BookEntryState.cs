namespace Dmex.Fast.Book.Storage;

/// <summary>What a slot's commit word says; the numbers stand in book files.</summary>
internal enum BookEntryState
{
    /// <summary>No order.</summary>
    Free = 0,

    /// <summary>Its cancel was never handed out.</summary>
    Armed = 1,

    /// <summary>Its cancel was handed out, and the venue has not answered.</summary>
    Fired = 2,

    /// <summary>The venue refused to cancel it.</summary>
    Rejected = 3,
}
