using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>One read of the venue's whole list of open orders. Times are ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="BeganAt">Before the request was sent.</param>
/// <param name="EndedAt">After the last byte came.</param>
/// <param name="Open">The orders that the list calls open.</param>
internal readonly record struct ListRead(long BeganAt, long EndedAt, HashSet<OrderHash> Open);
