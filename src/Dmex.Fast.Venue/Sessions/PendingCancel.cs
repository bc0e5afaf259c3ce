using Dmex.Fast.Venue.Orders;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>A message with what is needed to act upon it.</summary>
/// <param name="Sequence">Its number in the transcript.</param>
/// <param name="Index">Its number on its connection, from 0.</param>
/// <param name="Request">Its content.</param>
internal readonly record struct PendingCancel(long Sequence, long Index, CancelRequest Request);
