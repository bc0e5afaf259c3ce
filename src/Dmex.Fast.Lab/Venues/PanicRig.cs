using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>A client with a book in memory, connected, to fire panics with. Panics one after the other; not thread-safe.</summary>
internal sealed class PanicRig : IAsyncDisposable
{
    private PanicRig(CancelBook book, DmexClient client)
    {
        Book = book;
        Client = client;
    }

    /// <summary>The book that is fired.</summary>
    public CancelBook Book { get; }

    /// <summary>The client that fires it.</summary>
    public DmexClient Client { get; }

    /// <summary>Connects, and waits until every connection is ready.</summary>
    /// <param name="book">What the book is; its endpoint is where to connect.</param>
    /// <param name="signer">Signs what is armed without a signature; null where nothing is. Stays the caller's.</param>
    /// <param name="options">The client's options but for endpoint and book.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<PanicRig> ConnectAsync(
        CancelBookOptions book, SigningKey? signer, DmexClientOptions options, CancellationToken cancellationToken)
    {
        var opened = signer is null ? CancelBook.Create(book) : CancelBook.Create(book, signer);
        options.Endpoint = book.Endpoint ?? options.Endpoint;
        options.Book = opened;
        var client = await DmexClient.ConnectAsync(options, signer, cancellationToken);
        while (client.Connections.Any(connection => connection.State != ConnectionState.Ready))
        {
            await Task.Delay(1, cancellationToken);
        }

        return new PanicRig(opened, client);
    }

    /// <summary>
    /// Waits for a panic's report by looking now and then: that allocates nothing, in contrast to an await's first suspension.
    /// </summary>
    public static PanicReport Wait(ValueTask<PanicReport> panic)
    {
        while (!panic.IsCompleted)
        {
            Thread.Sleep(1);
        }

        return panic.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Book.Dispose();
    }
}
