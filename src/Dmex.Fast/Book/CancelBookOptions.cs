using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>How a <see cref="CancelBook"/> is made. Read once, when the book is made or opened.</summary>
public sealed class CancelBookOptions
{
    /// <summary>
    /// How many orders the book holds at most, from 1 to 4,194,304; fixed. 0 when a file is opened: as many as the file has room
    /// for.
    /// </summary>
    public int Capacity { get; set; }

    /// <summary>The account whose orders are armed; null takes the key's.</summary>
    public EthereumAddress? Account { get; set; }

    /// <summary>
    /// The venue that the orders are at; a book's file keeps it. Null when a file is opened: the one that the file names.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>What happens to an order that is to be armed while a panic's latch covers its tag.</summary>
    public BookLatchedPolicy WhenLatched { get; set; } = BookLatchedPolicy.Fire;

    /// <summary>
    /// Verifies each signature before its order is armed: those made here against the public key, those given by recovering
    /// their signer. A wrong one is of no use in a panic, and one that a hardware fault corrupted gives the key away. On by default.
    /// </summary>
    public bool VerifyArmed { get; set; } = true;

    /// <summary>How long an <see cref="ICancelSigner"/> may take for one signature when an order is armed through it.</summary>
    public TimeSpan SignerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks what every book needs.</summary>
    internal void Validate()
    {
        if (!Enum.IsDefined(WhenLatched))
        {
            throw Invalid(nameof(WhenLatched), $"{BookLatchedPolicy.Fire} or {BookLatchedPolicy.Refuse}, not {WhenLatched}.");
        }

        if (SignerTimeout <= TimeSpan.Zero || SignerTimeout > TimeSpan.FromDays(1))
        {
            throw Invalid(nameof(SignerTimeout), $"a time above zero and at most a day, not {SignerTimeout}.");
        }

        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("ws" or "wss") || Endpoint.Host.Length == 0))
        {
            throw Invalid(nameof(Endpoint), $"wss://host[:port]/path, not {Endpoint}.");
        }
    }

    /// <summary>Checks what a new book needs besides.</summary>
    internal void ValidateNew()
    {
        Validate();
        if (Capacity is < 1 or > BookLayout.MaxCapacity)
        {
            throw Invalid(nameof(Capacity), $"from 1 to {BookLayout.MaxCapacity} orders, not {Capacity}.");
        }

        if (Endpoint is null)
        {
            throw Invalid(nameof(Endpoint), "the venue's wss:// address; the book keeps it, so that its cancels do not go elsewhere.");
        }
    }

    /// <summary>The account of a new book.</summary>
    /// <exception cref="ArgumentException">There is neither an account nor a key, or the key is another account's.</exception>
    internal EthereumAddress AccountFor(SigningKey? key)
    {
        if (Account is not { } account)
        {
            return key?.Address ?? throw Invalid(nameof(Account), "the address whose orders are armed, or a key.");
        }

        CheckKey(account, key);
        return account;
    }

    /// <summary>Refuses the key of another account.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    internal static void CheckKey(EthereumAddress account, SigningKey? key)
    {
        if (key is not null && key.Address != account)
        {
            throw new ArgumentException($"The key belongs to {key.Address}, and the book to {account}.", nameof(key));
        }
    }

    private static ArgumentException Invalid(string option, string expected) => new($"{option}: {expected}", option);
}
