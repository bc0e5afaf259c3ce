namespace Dmex.Fast.Venue;

/// <summary>What the venue decided about one message.</summary>
public enum VenueVerdict
{
    /// <summary>Read, but not decided yet: it waits for its turn at a venue with a service rate.</summary>
    Pending,

    /// <summary>The order was open and is now canceled.</summary>
    Confirmed,

    /// <summary>No order of this hash is known (it may be created later).</summary>
    OrderNotFound,

    /// <summary>The order is known and was canceled or filled before.</summary>
    NotOpen,

    /// <summary>The signature is valid, but of another address than the order's owner.</summary>
    NotOwner,

    /// <summary>No signer can be recovered: r or s out of range, s high, or r not on the curve.</summary>
    BadSignature,

    /// <summary>The message is not the documented JSON of a cancel.</summary>
    Malformed,

    /// <summary>The message is JSON with an <c>op</c> other than <c>cancel_order</c>.</summary>
    UnknownOperation,

    /// <summary>Refused because too many messages came in a short time; nothing was changed.</summary>
    RateLimited,

    /// <summary>Refused because the venue was busy; nothing was changed.</summary>
    Busy,

    /// <summary>A fault lost the message before it was acted upon: nothing was changed and nothing is answered.</summary>
    Lost,

    /// <summary>A fault answered that the order is canceled, and left it open.</summary>
    Lied,
}
