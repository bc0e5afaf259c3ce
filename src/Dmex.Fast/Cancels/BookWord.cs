namespace Dmex.Fast.Cancels;

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
    private const uint LiveBit = 1u << 29;
    private const uint RecordBit = 1u << CodeAt;
    private const uint GenerationMask = 0xFFFF;

    public static uint Make(BookEntryState state, bool live, int record, uint generation)
    {
        uint code = ((uint)state << 2) | (live ? 2u : 0u) | (uint)record;
        return (code * 0x1111_0000) | (generation & GenerationMask);
    }

    public static bool IsValid(uint word, uint generation) =>
        State(word) != BookEntryState.Free
        && word == (((word >> CodeAt) * 0x1111_0000) | (generation & GenerationMask));

    public static BookEntryState State(uint word) => (BookEntryState)(word >> StateAt);

    public static bool IsLive(uint word) => (word & LiveBit) != 0;

    public static int Record(uint word) => (word & RecordBit) != 0 ? 1 : 0;

    public static uint With(uint word, BookEntryState state) => Make(state, IsLive(word), Record(word), word);

    public static uint WithLive(uint word) => Make(State(word), live: true, Record(word), word);

    public static uint WithRecord(uint word, int record) => Make(State(word), IsLive(word), record, word);
}
