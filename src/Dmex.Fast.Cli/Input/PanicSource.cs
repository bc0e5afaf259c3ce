using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>What a panic fires: a book file as it is, or a book in memory of hashes that are signed now.</summary>
internal sealed class PanicSource : IDisposable
{
    private PanicSource(CancelBook book, SigningKey? key, string url)
    {
        Book = book;
        Key = key;
        Url = url;
    }

    public CancelBook Book { get; }

    /// <summary>The account's key; null for a book file.</summary>
    public SigningKey? Key { get; }

    /// <summary>Where to.</summary>
    public string Url { get; }

    /// <summary>Opens the book, or reads and signs the hashes.</summary>
    /// <exception cref="CommandException">Neither or both are given, the file is no usable book, a hash is wrong, or there is no key.</exception>
    public static async Task<PanicSource> OpenAsync(
        FileInfo? book, string? hashes, string? url, FileInfo? keyFile, CancellationToken cancellationToken)
    {
        if ((book is null) == (hashes is null))
        {
            throw new CommandException(
                ExitCode.BadInput, "A panic takes a book or hashes.", "Give either --book FILE or --hashes FILE (or --hashes -).");
        }

        return book is not null
            ? OpenBook(book, url)
            : await SignAsync(hashes!, url ?? DmexClientOptions.DefaultEndpoint.ToString(), keyFile, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Book.Dispose();
        Key?.Dispose();
    }

    private static PanicSource OpenBook(FileInfo file, string? url)
    {
        try
        {
            var book = CancelBook.OpenFile(file.FullName);
            if (book.Recovered.Torn > 0)
            {
                Console.Error.WriteLine($"dmex: {book.Recovered.Torn} entries of the book were not written whole and are left out.");
            }

            return new PanicSource(book, key: null, url ?? book.Endpoint.ToString());
        }
        catch (BookFileException error)
        {
            throw new CommandException(
                ExitCode.BadInput, $"{error.Message} Nothing was sent.", "Name the file of a book that nobody else has open.", error);
        }
    }

    private static async Task<PanicSource> SignAsync(string path, string url, FileInfo? keyFile, CancellationToken cancellationToken)
    {
        var orders = await HashInput.ReadFileAsync("--hashes", path, cancellationToken);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("wss" or "ws"))
        {
            throw new CommandException(
                ExitCode.BadInput, $"--url '{url}' is not the address of a WebSocket.", "Give it as wss://host[:port]/path.");
        }

        var key = KeySource.Load(keyFile);
        var book = CancelBook.Create(new CancelBookOptions { Capacity = orders.Length, Endpoint = endpoint }, key);
        book.ArmBatch(orders, new ulong[orders.Length], priority: 0, new ArmResult[orders.Length]);
        return new PanicSource(book, key, url);
    }
}
