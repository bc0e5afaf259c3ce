using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys.Files;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>What a panic fires: a book file as it is, or a book in memory of hashes that are signed now.</summary>
internal sealed class PanicSource : IDisposable
{
    private PanicSource(CancelBook book, SigningKey? key, Uri endpoint)
    {
        Book = book;
        Key = key;
        Endpoint = endpoint;
    }

    public CancelBook Book { get; }

    /// <summary>The account's key; null for a book file.</summary>
    public SigningKey? Key { get; }

    /// <summary>Where to.</summary>
    public Uri Endpoint { get; }

    /// <summary>Opens the book, or reads and signs the hashes.</summary>
    /// <exception cref="CommandException">Neither or both are given, the file is no usable book, a hash is wrong, or there is no
    /// key.</exception>
    public static async Task<PanicSource> OpenAsync(
        FileInfo? book, string? hashes, string? url, Func<CancellationToken, Task<SigningKey>> loadKey, CancellationToken cancellationToken)
    {
        if ((book is null) == (hashes is null))
        {
            throw new CommandException(
                ExitCode.BadInput, "A panic takes a book or hashes.", "Give either --book FILE or --hashes FILE (or --hashes -).");
        }

        if (hashes is not null)
        {
            return await SignAsync(hashes, VenueUrl.Parse(url), loadKey, cancellationToken);
        }

        var endpoint = url is null ? null : VenueUrl.Parse(url);
        var opened = await Interruption.LeaveAsync(() => OpenBook(book!.FullName), cancellationToken);
        return new PanicSource(opened, key: null, endpoint ?? opened.Endpoint);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Book.Dispose();
        Key?.Dispose();
    }

    private static CancelBook OpenBook(string path)
    {
        if (Directory.Exists(path) || (Path.Exists(path) && new FileInfo(path).Length == 0))
        {
            throw Unusable($"{path} is not a book: it is {(Directory.Exists(path) ? "a directory" : "empty, or a device or a pipe")}.",
                BookFileError.NotABook, null);
        }

        try
        {
            var book = OpenOrCopy(path);
            if (book.Recovered.Torn > 0)
            {
                Console.Error.WriteLine($"dmex: {book.Recovered.Torn} entries of the book were not written whole and are left out.");
            }

            return book;
        }
        catch (BookFileException error)
        {
            throw Unusable(error.InnerException is null || error.Error != BookFileError.NotAccessible
                ? error.Message : $"{path} cannot be opened: {FileCause.Of(error.InnerException, path)}", error.Error, error);
        }
    }

    /// <summary>
    /// A book that another process holds, or whose file cannot be written, is fired from a copy: a hung engine is when it is needed.
    /// </summary>
    private static CancelBook OpenOrCopy(string path)
    {
        try
        {
            return CancelBook.OpenFile(path);
        }
        catch (BookFileException error) when (error.Error is BookFileError.Locked or BookFileError.NotAccessible && File.Exists(path))
        {
            var copy = CancelBook.OpenReadOnly(path);
            ErrorText.Write(
                $"{path} was opened read-only, as a copy: {(error.Error == BookFileError.Locked ? "another process has it open"
                    : $"it cannot be written ({FileCause.Of(error.InnerException ?? error, path).TrimEnd('.')})")}.",
                "The file does not learn what becomes of the orders; a process that has it open may cancel them once more, without harm.");
            return copy;
        }
    }

    private static CommandException Unusable(string message, BookFileError kind, Exception? cause) => new(
        ExitCode.BadInput,
        $"{message} Nothing was sent.",
        kind switch
        {
            BookFileError.OpenToOthers =>
                "Make it readable by its owner alone; if somebody else may have read it, its cancels can be sent by others.",
            BookFileError.NotAccessible => "Check the path, and that you may read the file.",
            BookFileError.OtherVersion or BookFileError.OtherByteOrder => "Use the dmex of the machine and version that wrote it.",
            BookFileError.Damaged or BookFileError.OtherLength =>
                "Restore the file from a copy, or fire the hashes themselves with --hashes.",
            _ => "Name the file of a book, or fire the hashes themselves with --hashes.",
        },
        cause);

    private static async Task<PanicSource> SignAsync(
        string path, Uri endpoint, Func<CancellationToken, Task<SigningKey>> loadKey, CancellationToken cancellationToken)
    {
        var orders = await HashInput.ReadFileAsync("--hashes", path, cancellationToken);
        var key = await loadKey(cancellationToken);
        var book = CancelBook.Create(new CancelBookOptions { Capacity = orders.Count, Endpoint = endpoint }, key);
        book.ArmBatch([.. orders], new ulong[orders.Count], priority: 0, new ArmResult[orders.Count]);
        return new PanicSource(book, key, endpoint);
    }
}
