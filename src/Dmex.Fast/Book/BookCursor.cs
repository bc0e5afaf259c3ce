namespace Dmex.Fast.Book;

/// <summary>
/// How far a walk over a panic's orders has come. Belongs to one thread; made by <see cref="BookFiring.OpenCursor"/>.
/// </summary>
internal struct BookCursor
{
    /// <summary>The panic's number.</summary>
    public int Panic;

    /// <summary>What it covers.</summary>
    public BookScope Scope;

    /// <summary>What is walked over now.</summary>
    public BookStage Stage;

    /// <summary>The priority that is walked over now.</summary>
    public int Priority;

    /// <summary>The next 64 slots, by their number; of a list of orders the next of them.</summary>
    public int Word;

    /// <summary>Of a list of orders, how many skipped so far are not in the book.</summary>
    public int Missing;

    /// <summary>The next slot of those, where a walk stopped among them.</summary>
    public int Bit;
}
