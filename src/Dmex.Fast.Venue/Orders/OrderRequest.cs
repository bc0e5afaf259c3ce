using Dmex.Fast.Venue.Verification;

namespace Dmex.Fast.Venue.Orders;

/// <summary>An order as <c>POST /api/order</c> asks for it.</summary>
internal sealed class OrderRequest
{
    public required VenueHash Hash { get; init; }

    public required VenueAddress Owner { get; init; }

    public required VenueOrderDetails Details { get; init; }

    /// <summary>27 or 28.</summary>
    public required int V { get; init; }

    public required SignatureScalars Scalars { get; init; }

    /// <summary>The order that it takes the place of; null for none.</summary>
    public required VenueHash? Replaces { get; init; }
}
