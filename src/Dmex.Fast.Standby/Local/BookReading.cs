using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Local;

/// <summary>What one reading of a book's file has shown.</summary>
/// <param name="Armed">How many orders it has armed.</param>
/// <param name="Held">The orders that the file holds.</param>
internal sealed record BookReading(int Armed, IReadOnlySet<OrderHash> Held);
