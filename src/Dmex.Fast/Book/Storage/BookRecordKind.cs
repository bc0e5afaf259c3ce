namespace Dmex.Fast.Book.Storage;

/// <summary>What a <see cref="BookRecord"/> describes; the numbers are written to files.</summary>
internal enum BookRecordKind : byte
{
    /// <summary>Nothing: the record was never written.</summary>
    None = 0,

    /// <summary>A slot and the order in it.</summary>
    Order = 1,

    /// <summary>A place for a latch, set or cleared.</summary>
    Latch = 2,

    /// <summary>The process that has the book open.</summary>
    Opening = 3,
}
