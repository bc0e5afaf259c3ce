namespace Dmex.Fast;

/// <summary>What is wrong with a book's file.</summary>
public enum BookFileError
{
    /// <summary>The file could not be created or read; the inner exception says why.</summary>
    NotAccessible,

    /// <summary>The disk has no room for it. Nothing is left of a new file.</summary>
    NoSpace,

    /// <summary>It is not a book, or its creation was interrupted before it was one.</summary>
    NotABook,

    /// <summary>It was written by another version of the library.</summary>
    OtherVersion,

    /// <summary>It was written on a machine with another byte order.</summary>
    OtherByteOrder,

    /// <summary>Its header is damaged.</summary>
    Damaged,

    /// <summary>It is longer than its header says, or holds another number of orders than was asked for.</summary>
    OtherLength,

    /// <summary>Others than its owner may read or write it.</summary>
    OpenToOthers,

    /// <summary>Another book has it open, in this process or another one.</summary>
    Locked,

    /// <summary>It holds the orders of another account.</summary>
    OtherAccount,

    /// <summary>Its orders are at another venue.</summary>
    OtherEndpoint,

    /// <summary>A write failed while the book is open; it is tried again.</summary>
    WriteFailed,

    /// <summary>The file was deleted or renamed while the book is open.</summary>
    Missing,

    /// <summary>The file was truncated, overwritten or replaced while the book is open.</summary>
    Overwritten,
}
