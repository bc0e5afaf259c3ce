using System.Globalization;
using System.IO.MemoryMappedFiles;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Unit.Book;

namespace Dmex.Fast.Tests.EndToEnd.Book;

/// <summary>
/// A sequence of operations on a book, the same for the process that is killed and for the one that checks, and what the
/// book must hold after each of them.
/// </summary>
internal sealed class KilledBook(int seed)
{
    public const int Capacity = 64;
    private const int Numbers = 40;

    private readonly Dictionary<int, Entry> _model = [];

    /// <summary>Tag, priority, live; and whether its cancel was sent in this process or before.</summary>
    public sealed record Entry(ulong Tag, int Priority, bool Live, bool FiredNow, bool FiredBefore);

    public IReadOnlyDictionary<int, Entry> Model => _model;

    /// <summary>Where a killed process notes how many operations it has done on each book, 64 bytes each.</summary>
    public static MemoryMappedViewAccessor OpenProgress(string folder, int books)
    {
        using var file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, "progress"), FileMode.OpenOrCreate, null, books * 64);
        return file.CreateViewAccessor();
    }

    public static string PathOf(string folder, int book) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{book}.book"));

    /// <summary>Does operation <paramref name="step"/>; doing it again changes nothing more.</summary>
    public void Do(CancelBook book, long step)
    {
        var (kind, number, tag, priority) = Draw(step);
        switch (kind)
        {
            case < 40:
                _ = Books.Arm(book, number, tag, priority);
                break;
            case < 52:
                _ = book.Disarm(Books.Hash(number));
                break;
            case < 58:
                _ = book.MarkLive(Books.Hash(number));
                break;
            case < 63:
                _ = book.Forget(Books.Hash(number));
                break;
            default:
                _ = Books.Panic(book, new BookScope(3, tag), takenOver: []);
                book.Reset();
                break;
        }
    }

    /// <summary>What <see cref="Do"/> does, on the model.</summary>
    public void Follow(long step)
    {
        var (kind, number, tag, priority) = Draw(step);
        _model.TryGetValue(number, out var entry);
        switch (kind)
        {
            case < 40 when entry is null:
                _model[number] = new Entry(tag, priority, Live: false, FiredNow: false, FiredBefore: false);
                break;
            case < 40 when !entry!.FiredNow:
                _model[number] = entry with { Tag = tag, Priority = priority };
                break;
            case >= 40 and < 52 when entry is { FiredNow: false, FiredBefore: false }:
            case >= 58 and < 63:
                _model.Remove(number);
                break;
            case >= 52 and < 58 when entry is not null:
                _model[number] = entry with { Live = true };
                break;
            case >= 63:
                foreach (var (other, fired) in _model.Where(pair => pair.Value.Tag == tag).ToArray())
                {
                    _model[other] = fired with { FiredNow = true };
                }

                break;
        }
    }

    /// <summary>What was sent by this process was sent before, to the next one.</summary>
    public void Restart()
    {
        foreach (var (number, entry) in _model.ToArray())
        {
            _model[number] = entry with { FiredNow = false, FiredBefore = entry.FiredNow || entry.FiredBefore };
        }
    }

    private (int Kind, int Number, ulong Tag, int Priority) Draw(long step)
    {
        var r = (ulong)HashStep(step);
        return ((int)(r % 64), (int)((r >> 8) % Numbers), (r >> 20) % 4, (int)((r >> 24) % CancelBook.Priorities));
    }

    private ulong HashStep(long step)
    {
        // SplitMix64.
        var z = (ulong)step + ((ulong)(uint)seed * 0x9E3779B97F4A7C15UL);
        z = (z + 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
