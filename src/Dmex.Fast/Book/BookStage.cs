namespace Dmex.Fast.Book;

/// <summary>The stages of a panic's walk over the book.</summary>
internal enum BookStage
{
    /// <summary>Armed orders.</summary>
    Armed,

    /// <summary>Orders that an earlier panic fired and that are not resolved.</summary>
    FiredBefore,

    /// <summary>Orders that were armed in the scope since; this stage does not end.</summary>
    Latched,
}
