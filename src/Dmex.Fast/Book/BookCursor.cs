namespace Dmex.Fast.Book;

/// <summary>How far a walk over a panic's orders has come. Belongs to one thread; make one by <see cref="CancelBook.OpenCursor"/>.</summary>
internal struct BookCursor
{
    /// <summary>The panic's number.</summary>
    public int Panic;

    /// <summary>What is walked over now.</summary>
    public BookWalk Walk;

    /// <summary>The priority that is walked over now.</summary>
    public int Priority;

    /// <summary>The next 64 slots, by their number.</summary>
    public int Word;

    /// <summary>The next slot of those, where a walk stopped among them.</summary>
    public int Bit;
}
