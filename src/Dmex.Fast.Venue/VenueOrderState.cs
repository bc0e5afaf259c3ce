namespace Dmex.Fast.Venue;

/// <summary>What became of an order on the venue. Only <see cref="Open"/> can change, and only once.</summary>
public enum VenueOrderState
{
    /// <summary>The order rests in the book and can be canceled or filled.</summary>
    Open,

    /// <summary>The order was canceled, by its owner's message or by the venue.</summary>
    Canceled,

    /// <summary>The order was filled.</summary>
    Filled,
}
