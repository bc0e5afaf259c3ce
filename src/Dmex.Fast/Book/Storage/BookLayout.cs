namespace Dmex.Fast.Book.Storage;

/// <summary>
/// Where things lie in a book's file:
/// <code>
/// book = preamble (4096)  opening (128)  16 latches (128 each)  unused, up to 8192  orders (128 × capacity)
/// </code>
/// </summary>
internal static class BookLayout
{
    /// <summary>Room for the preamble in bytes.</summary>
    public const int HeaderSize = 4096;

    /// <summary>The position of the record of the opening.</summary>
    public const long OpeningAt = HeaderSize;

    /// <summary>Where the records of the latches begin.</summary>
    public const long LatchesAt = OpeningAt + BookRecord.Size;

    /// <summary>Where the records of the orders begin.</summary>
    public const long OrdersAt = 2 * HeaderSize;

    /// <summary>The most orders of a book.</summary>
    public const int MaxCapacity = 1 << 22;

    /// <summary>The length of a file in bytes.</summary>
    public static long LengthOf(int capacity) => OrdersAt + ((long)capacity * BookRecord.Size);

    /// <summary>The position of a place's record.</summary>
    public static long PositionOf(in BookRecord record) => record.Kind switch
    {
        BookRecordKind.Opening => OpeningAt,
        BookRecordKind.Latch => LatchesAt + ((long)record.Place * BookRecord.Size),
        _ => OrdersAt + ((long)record.Place * BookRecord.Size),
    };
}
