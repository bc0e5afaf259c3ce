namespace Dmex.Fast.Lab.Venues;

/// <summary>One line to a venue that is controlled over its standard input.</summary>
/// <param name="Do"><see cref="Open"/>, <see cref="Audit"/> or <see cref="Receipts"/>.</param>
/// <param name="Orders">The order hashes that it is about.</param>
/// <param name="Owner">The owner of the orders to open.</param>
internal sealed record VenueRequest(string Do, IReadOnlyList<string> Orders, string? Owner = null)
{
    /// <summary>Open the orders.</summary>
    public const string Open = "open";

    /// <summary>Check the signatures and say which of the orders are canceled.</summary>
    public const string Audit = "audit";

    /// <summary>Say when each order's first cancel was received.</summary>
    public const string Receipts = "receipts";
}
