using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.Unit.Book;

/// <summary>An order that a book fired, read back from its frame.</summary>
internal sealed record Fired(OrderHash Hash, int Slot, uint Generation, byte[] Frame);
