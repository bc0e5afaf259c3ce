using Dmex.Fast.Signing;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>Engines in this process: a venue, a book in a file, and a client that beats, in a folder of their own.</summary>
internal sealed class Engines : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-standby-");

    private Engines(SimulatedVenue venue) => Venue = venue;

    public SimulatedVenue Venue { get; }

    public string BookPath => Path.Combine(_folder.FullName, "engine.book");

    public string PagePath => BookPath + ".beat";

    public string Folder => _folder.FullName;

    /// <summary>A key of no worth.</summary>
    public static SigningKey Key { get; } = CreateKey(0x42);

    public static async Task<Engines> CreateAsync() => new(await SimulatedVenue.StartAsync(new VenueOptions()));

    public static SigningKey CreateKey(byte fill)
    {
        Span<byte> bytes = stackalloc byte[SigningKey.Size];
        bytes.Fill(fill);
        return SigningKey.FromBytes(bytes);
    }

    /// <summary>An order hash that is recognizable in a dump.</summary>
    public static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes.Fill(0xD0);
        _ = BitConverter.TryWriteBytes(bytes[28..], number);
        return new OrderHash(bytes);
    }

    /// <summary>Lets a file's owner alone read and write it.</summary>
    public static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Arms an order, and opens it at the venue.</summary>
    public void Open(CancelBook book, int number)
    {
        _ = book.Arm(Hash(number), tag: 0);
        Venue.OpenOrder(Hash(number).AsSpan(), book.Account.AsSpan());
        _ = book.MarkLive(Hash(number));
    }

    public CancelBook OpenBook(SigningKey? key = null) => CancelBook.OpenOrCreateFile(
        BookPath, new CancelBookOptions { Capacity = 256, Endpoint = Venue.Url }, key ?? Key);

    public DmexClientOptions Options(CancelBook? book, TimeSpan? ttl = null) => new()
    {
        Endpoint = Venue.Url,
        Book = book,
        Connections = 1,
        Standby = { BeatPage = book is null ? null : PagePath, Ttl = ttl ?? TimeSpan.FromMinutes(10) },
    };

    public async Task<DmexClient> ConnectAsync(CancelBook book, TimeSpan? ttl = null) =>
        await DmexClient.ConnectAsync(Options(book, ttl), Key);

    public async ValueTask DisposeAsync()
    {
        await Venue.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
