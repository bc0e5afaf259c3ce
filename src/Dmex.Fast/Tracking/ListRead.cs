using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>One read of the venue's whole list of open orders. Times are ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="BeganAt">Before the request was sent.</param>
/// <param name="EndedAt">After the last byte came.</param>
/// <param name="Open">The orders that the list calls open.</param>
/// <param name="Before">Those of the read before; null for the first.</param>
internal readonly record struct ListRead(long BeganAt, long EndedAt, HashSet<OrderHash> Open, HashSet<OrderHash>? Before)
{
    /// <summary>Whether this read has the order, or the one before had it.</summary>
    public bool Knows(in OrderHash hash) => Open.Contains(hash) || Before?.Contains(hash) == true;
}
