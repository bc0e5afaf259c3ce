using Dmex.Fast.Signing;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>Opens or makes the book that the options describe.</summary>
internal static class BookSource
{
    /// <exception cref="BookFileException">The file cannot be opened or made.</exception>
    public static CancelBook? Open(DmexHostOptions options, SigningKey? key)
    {
        if (options.Book is not { Capacity: > 0 } described)
        {
            return null;
        }

        CancelBookOptions book = new()
        {
            Capacity = described.Capacity,
            Endpoint = options.Client.Endpoint,
            Account = options.Client.Account,
            WhenLatched = described.WhenLatched,
            VerifyArmed = described.VerifyArmed,
            SignerTimeout = described.SignerTimeout,
        };
        return described.File is { } file ? CancelBook.OpenOrCreateFile(file, book, key) : CancelBook.Create(book, key);
    }
}
