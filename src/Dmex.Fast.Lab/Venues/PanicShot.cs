using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>One measured panic.</summary>
/// <param name="Orders">What it fired.</param>
/// <param name="Report">The library's report.</param>
/// <param name="Triggered">When it was called, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="AllocatedBytes">Allocated by all threads from the call to the report.</param>
/// <param name="CanceledByOwner">How many of the orders the venue holds as canceled by a valid signature of their owner.</param>
internal sealed record PanicShot(OrderHash[] Orders, PanicReport Report, long Triggered, long AllocatedBytes, int CanceledByOwner);
