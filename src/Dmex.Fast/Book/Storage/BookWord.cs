namespace Dmex.Fast.Book.Storage;

/// <summary>
/// A slot's commit word, the last thing that is written of it:
/// <code>
/// 0                                 no order
/// code × 0x1111 (16)  generation (16)   code = state (2) live (1) tag record (1)
/// </code>
/// The code stands four times and the generation must be the entry's, so that no single wrong byte makes one valid word
/// another.
/// </summary>
internal static class BookWord
{
    /// <summary>The word of a slot without an order.</summary>
    public const uint Free = 0;

    private const int CodeAt = 28;
    private const int StateAt = 30;

    // Each bit of the code in its four places; a state's number is of two bits.
    private const uint FourTimes = 0x1111_0000;
    private const uint RecordBits = FourTimes;
    private const uint LiveBits = FourTimes << 1;
    private const uint StateUnit = FourTimes << 2;
    private const uint StateBits = StateUnit * 3;
    private const uint GenerationMask = 0xFFFF;

    public static uint Make(BookEntryState state, bool live, int record, uint generation) =>
        ((uint)state * StateUnit) | (live ? LiveBits : 0) | (record == 0 ? 0 : RecordBits) | (generation & GenerationMask);

    public static bool IsValid(uint word, uint generation) =>
        State(word) != BookEntryState.Free
        && word == (((word >> CodeAt) * FourTimes) | (generation & GenerationMask));

    public static BookEntryState State(uint word) => (BookEntryState)(word >> StateAt);

    public static bool IsLive(uint word) => (word & LiveBits) != 0;

    public static int Record(uint word) => (word & RecordBits) != 0 ? 1 : 0;

    public static uint With(uint word, BookEntryState state) => (word & ~StateBits) | ((uint)state * StateUnit);

    public static uint WithLive(uint word) => word | LiveBits;

    public static uint WithRecord(uint word, int record) => (word & ~RecordBits) | (record == 0 ? 0 : RecordBits);
}
