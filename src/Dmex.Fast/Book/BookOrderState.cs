namespace Dmex.Fast;

/// <summary>What is to be expected of an order in a book.</summary>
public enum BookOrderState
{
    /// <summary>The next panic that covers it sends its cancel.</summary>
    Armed,

    /// <summary>A panic has sent its cancel, and the venue has not answered.</summary>
    Fired,

    /// <summary>The venue refused to cancel it; the next panic that covers it sends its cancel again.</summary>
    Rejected,
}
