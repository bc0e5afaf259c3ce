using Dmex.Fast.Venue.Verification;

namespace Dmex.Fast.Venue.Orders;

/// <summary>A message as the parser understood it. Unless <see cref="Problem"/> is null, only the hash may be there.</summary>
internal readonly struct CancelRequest
{
    /// <summary>The order hash, or null when none could be read.</summary>
    public VenueHash? Hash { get; init; }

    /// <summary>r and s; meaningful only in a well-formed request.</summary>
    public SignatureScalars Scalars { get; init; }

    /// <summary>27 or 28.</summary>
    public int V { get; init; }

    /// <summary>Why the message is not a well-formed cancel, or null when it is one.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the message is JSON that names another operation.</summary>
    public bool OtherOperation { get; init; }
}
