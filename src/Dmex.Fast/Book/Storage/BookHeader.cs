namespace Dmex.Fast.Book.Storage;

/// <summary>
/// The changing part of a book's header; what is fixed at creation is <see cref="BookPreamble"/>'s:
/// <code>
/// 2048  panic number (32) and its complement (32)
/// 2056  openings (32) and its complement (32)
/// 2080  latches (32 bytes each)
/// </code>
/// Each number is changed by one aligned store.
/// </summary>
internal sealed unsafe class BookHeader
{
    /// <summary>Panic numbers are below this; a damaged one may not be.</summary>
    public const int MaxPanic = 1 << 30;

    private const int PanicAt = 2048;
    private const int OpeningsAt = 2056;
    private const int LatchesAt = 2080;

    private readonly byte* _base;

    public BookHeader(byte* memory) => _base = memory;

    /// <summary>The latches, <see cref="BookLatches.Records"/> of them.</summary>
    public BookLatchRecord* Latches => (BookLatchRecord*)(_base + LatchesAt);

    /// <summary>How often the book was opened, counting its creation.</summary>
    public int Openings => Read(OpeningsAt);

    /// <summary>Counts an opening.</summary>
    public void CountOpening() => Increment(OpeningsAt, 0);

    /// <summary>A number for a panic, from 1; numbers are not used again.</summary>
    public int NextPanic()
    {
        var latest = 0;
        for (var i = 0; i < BookLatches.Records; i++)
        {
            latest = Math.Max(latest, Latches[i].Panic < MaxPanic ? Latches[i].Panic : 0);
        }

        return Increment(PanicAt, latest);
    }

    private int Increment(int at, int atLeast)
    {
        var next = Math.Max(Read(at), atLeast) + 1;
        Volatile.Write(ref *(ulong*)(_base + at), ((ulong)~(uint)next << 32) | (uint)next);
        return next;
    }

    /// <summary>0 when nothing, or nothing whole, stands there.</summary>
    private int Read(int at)
    {
        var number = *(ulong*)(_base + at);
        return (uint)(number >> 32) == ~(uint)number && (uint)number < MaxPanic ? (int)number : 0;
    }
}
