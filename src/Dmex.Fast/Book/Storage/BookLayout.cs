using Dmex.Fast.Protocol;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// Where things lie in a book's memory, which is a book file byte for byte:
/// <code>
/// book = header (4096)  commit words (4 × capacity)  pad  entries (72 × capacity)  pad  frames (273 × capacity)
/// </code>
/// each part from a multiple of 4,096 bytes on. Frames have no gaps between them, so that neighbors are sent by one copy.
/// </summary>
internal readonly unsafe struct BookLayout
{
    /// <summary>The length of the header in bytes.</summary>
    public const int HeaderSize = 4096;

    /// <summary>The most orders of a book.</summary>
    public const int MaxCapacity = 1 << 22;

    private const int Page = 4096;

    public BookLayout(int capacity)
    {
        Capacity = capacity;
        EntriesAt = Align(WordsAt + ((long)capacity * sizeof(uint)));
        FramesAt = Align(EntriesAt + ((long)capacity * sizeof(BookEntry)));
        Length = FramesAt + ((long)capacity * CancelFrame.Length);
    }

    /// <summary>How many orders.</summary>
    public int Capacity { get; }

    /// <summary>Where the commit words begin.</summary>
    public static long WordsAt => HeaderSize;

    /// <summary>Where the entries begin.</summary>
    public long EntriesAt { get; }

    /// <summary>Where the frames begin.</summary>
    public long FramesAt { get; }

    /// <summary>The length of the whole in bytes; nothing follows the last frame.</summary>
    public long Length { get; }

    private static long Align(long offset) => (offset + Page - 1) & -(long)Page;
}
