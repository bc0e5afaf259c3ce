using System.Runtime.InteropServices;
using System.Text;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Beats;

/// <summary>
/// What a beat page begins with, written once by its engine; numbers in the machine's byte order:
/// <code>
///    0  "DMEXPAGE"               48  the engine's random mark (16)
///    8  version (4)              64  the host's boot (16)
///   12  process (4)              80  account (20), 0 (12)
///   16  its start (8)           112  the mark of the book's file (16)
///   24  descriptor of the       128  length of the book's path (4), the path (UTF-8, at most 1024)
///       beats' memory (4), 0   1156  CRC-32C of bytes 8 to 1155
///   32  Ttl in ticks of 100 ns (8)
///   40  when it was made: Unix time in milliseconds (8)
/// </code>
/// </summary>
internal sealed record BeatPageHead
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = ChecksumAt + sizeof(uint);

    private const int Version = 1;
    private const int VersionAt = 8;
    private const int ProcessAt = 12;
    private const int StartAt = 16;
    private const int DescriptorAt = 24;
    private const int TtlAt = 32;
    private const int MadeOffset = 40;
    private const int EngineAt = 48;
    private const int BootAt = 64;
    private const int AccountAt = 80;
    private const int BookAt = 112;
    private const int PathLengthAt = 128;
    private const int PathAt = 132;
    private const int MaxPath = 1024;
    private const int ChecksumAt = PathAt + MaxPath;

    /// <summary>The engine's process.</summary>
    public required ProcessMark Process { get; init; }

    /// <summary>Where the process has the beats' memory open.</summary>
    public required int Descriptor { get; init; }

    /// <summary>After how much silence a standby fires.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>When the page was made.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Names this life of the engine.</summary>
    public required Guid Engine { get; init; }

    /// <summary>Whose orders are in the book.</summary>
    public required EthereumAddress Account { get; init; }

    /// <summary>Names the book's file as the engine opened it.</summary>
    public required Guid Book { get; init; }

    /// <summary>Where the engine opened the book; for messages.</summary>
    public required string BookPath { get; init; }

    private static ReadOnlySpan<byte> Magic => "DMEXPAGE"u8;

    /// <summary>Writes it.</summary>
    /// <exception cref="BeatPageException">The book's path is too long.</exception>
    public void Write(Span<byte> page)
    {
        var length = Encoding.UTF8.GetByteCount(BookPath);
        if (length > MaxPath)
        {
            throw new BeatPageException(
                BeatPageError.NotAccessible, $"The path of the book has {length} bytes, and a beat page takes {MaxPath}: open the "
                    + $"book by a shorter one.");
        }

        Magic.CopyTo(page);
        Put(page, VersionAt, Version);
        Put(page, ProcessAt, Process.Id);
        Put(page, StartAt, Process.StartedAt);
        Put(page, DescriptorAt, Descriptor);
        Put(page, TtlAt, Ttl.Ticks);
        Put(page, MadeOffset, MadeAt.ToUnixTimeMilliseconds());
        Put(page, EngineAt, Engine);
        Put(page, BootAt, Process.Boot);
        Account.AsSpan().CopyTo(page[AccountAt..]);
        Put(page, BookAt, Book);
        Put(page, PathLengthAt, length);
        _ = Encoding.UTF8.GetBytes(BookPath, page.Slice(PathAt, MaxPath));
        Put(page, ChecksumAt, BookChecksum.Of(page[VersionAt..ChecksumAt]));
    }

    /// <summary>Reads what a file begins with.</summary>
    /// <exception cref="BeatPageException">It is no page of this version, or damaged.</exception>
    public static BeatPageHead Read(ReadOnlySpan<byte> page, string path)
    {
        if (page.Length < Size || !page.StartsWith(Magic))
        {
            throw new BeatPageException(BeatPageError.NotAPage, $"{path} is no beat page: name the file of the engine's "
                + $"{nameof(StandbyOptions)}.{nameof(StandbyOptions.BeatPage)}.");
        }

        if (Get<int>(page, VersionAt) is var version && version != Version)
        {
            throw new BeatPageException(
                BeatPageError.OtherVersion, $"{path} is a beat page of version {version}, and this release knows version {Version}: "
                    + $"run engine and standby from one release.");
        }

        var length = Get<int>(page, PathLengthAt);
        if (Get<uint>(page, ChecksumAt) != BookChecksum.Of(page[VersionAt..ChecksumAt]) || length is < 0 or > MaxPath)
        {
            throw new BeatPageException(
                BeatPageError.Damaged, $"{path} is damaged: its checksum does not fit. Restart the engine, which makes a new one.");
        }

        return new BeatPageHead
        {
            Process = new ProcessMark(Get<int>(page, ProcessAt), Get<long>(page, StartAt), Get<Guid>(page, BootAt)),
            Descriptor = Get<int>(page, DescriptorAt),
            Ttl = TimeSpan.FromTicks(Get<long>(page, TtlAt)),
            MadeAt = DateTimeOffset.FromUnixTimeMilliseconds(Get<long>(page, MadeOffset)),
            Engine = Get<Guid>(page, EngineAt),
            Account = new EthereumAddress(page.Slice(AccountAt, EthereumAddress.Size)),
            Book = Get<Guid>(page, BookAt),
            BookPath = Encoding.UTF8.GetString(page.Slice(PathAt, length)),
        };
    }

    private static void Put<T>(Span<byte> page, int at, T value)
        where T : unmanaged => MemoryMarshal.Write(page[at..], value);

    private static T Get<T>(ReadOnlySpan<byte> page, int at)
        where T : unmanaged => MemoryMarshal.Read<T>(page[at..]);
}
