namespace Dmex.Fast.Book;

/// <summary>A panic's scope and counters; changed under the book's lock.</summary>
internal sealed class BookPanic
{
    /// <summary>From 1; 0 for a place that no panic has taken.</summary>
    public int Number;

    /// <summary>What it covers.</summary>
    public BookScope Scope;

    /// <summary>See <see cref="PanicCounts"/>; each is kept by what happens to single orders.</summary>
    public int Fired;

    /// <inheritdoc cref="Fired"/>
    public int Confirmed;

    /// <inheritdoc cref="Fired"/>
    public int Gone;

    /// <inheritdoc cref="Fired"/>
    public int NotFound;

    /// <inheritdoc cref="Fired"/>
    public int Rejected;

    /// <inheritdoc cref="Fired"/>
    public int Unresolved;

    /// <inheritdoc cref="Fired"/>
    public int Superseded;

    /// <inheritdoc cref="Fired"/>
    public int Forgotten;

    /// <inheritdoc cref="PanicCounts.LastClosed"/>
    public long LastClosed;

    /// <summary>Somebody still fires it on, follows its orders or may ask for its counts: its place is not given to another.</summary>
    public bool IsFollowed;

    public void Begin(int number, in BookScope scope, bool isFollowed)
    {
        Number = number;
        Scope = scope;
        IsFollowed = isFollowed;
        Fired = Confirmed = Gone = NotFound = Rejected = Unresolved = Superseded = Forgotten = 0;
        LastClosed = 0;
    }

    public PanicCounts Counts() => new(Fired, Confirmed, Gone, NotFound, Rejected, Unresolved, Superseded, Forgotten, LastClosed);
}
