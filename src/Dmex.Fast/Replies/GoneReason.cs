namespace Dmex.Fast;

/// <summary>Why an order cannot be canceled any more, as far as the venue said it.</summary>
public enum GoneReason
{
    /// <summary>The order was not said to be gone.</summary>
    None,

    /// <summary>The venue said that the order is not open, and no more.</summary>
    Unspecified,

    /// <summary>The venue does not know the order. Soon after its creation that may be a cancel that overtook its order.</summary>
    NotFound,

    /// <summary>The order was filled.</summary>
    Filled,

    /// <summary>The order had been canceled before.</summary>
    Canceled,

    /// <summary>The order's time ran out.</summary>
    Expired,

    /// <summary>No reply said so: the venue's own list of open orders did not have the order, twice in a row after its cancel.</summary>
    NotListed,
}
