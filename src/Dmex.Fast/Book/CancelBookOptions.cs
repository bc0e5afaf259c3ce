using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>How a <see cref="CancelBook"/> is made. Read once, when the book is made or opened.</summary>
public sealed class CancelBookOptions
{
    /// <summary>How many orders the book holds, from 1 to 4,194,304; fixed. 0 when a file is opened: whatever it holds.</summary>
    public int Capacity { get; set; }

    /// <summary>The account whose orders are armed; null takes the key's.</summary>
    public EthereumAddress? Account { get; set; }

    /// <summary>The venue that the orders are at; a book's file keeps it. Null when a file is opened: whatever it names.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>What happens to an order that is to be armed when the book is full.</summary>
    public BookFullPolicy WhenFull { get; set; } = BookFullPolicy.Refuse;

    /// <summary>What happens to an order that is to be armed while a panic's latch covers its tag.</summary>
    public BookLatchedPolicy WhenLatched { get; set; } = BookLatchedPolicy.Fire;

    /// <summary>
    /// Verifies each signature before its order is armed: those made here against the public key, those given by recovering
    /// their signer. A wrong one is of no use in a panic, and one spoilt by a hardware fault gives the key away. On by default.
    /// </summary>
    public bool VerifyArmed { get; set; } = true;

    /// <summary>
    /// Told the order and the tag that lost their place (<see cref="BookFullPolicy.ReplaceOldest"/>), on the thread that
    /// armed the other one, after it was armed.
    /// </summary>
    public Action<OrderHash, ulong>? Evicted { get; set; }

    /// <summary>Checks what every book needs.</summary>
    internal void Validate()
    {
        if (!Enum.IsDefined(WhenFull))
        {
            throw Invalid(nameof(WhenFull), $"{BookFullPolicy.Refuse} or {BookFullPolicy.ReplaceOldest}, not {WhenFull}.");
        }

        if (!Enum.IsDefined(WhenLatched))
        {
            throw Invalid(nameof(WhenLatched), $"{BookLatchedPolicy.Fire} or {BookLatchedPolicy.Refuse}, not {WhenLatched}.");
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

    private static ArgumentException Invalid(string option, string expected) => new($"{option}: {expected}", option);
}
