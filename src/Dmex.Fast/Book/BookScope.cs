namespace Dmex.Fast;

/// <summary>
/// Which orders a panic covers: those with <c>(tag &amp; Mask) == Value</c>. What the bits of a tag mean (side,
/// instrument, price band) is the caller's choice. An immutable value; the default value covers every order.
/// </summary>
public readonly record struct BookScope
{
    /// <summary>A scope of the tags whose bits under a mask have a value.</summary>
    /// <param name="mask">The bits that count; 0 covers every order.</param>
    /// <param name="value">What they must be; no bit outside <paramref name="mask"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> has a bit outside <paramref name="mask"/>, so that no tag would match.</exception>
    public BookScope(ulong mask, ulong value)
    {
        if ((value & ~mask) != 0)
        {
            throw new ArgumentException($"No tag has (tag & 0x{mask:x}) == 0x{value:x}: the value has bits outside the mask.", nameof(value));
        }

        Mask = mask;
        Value = value;
    }

    private BookScope(Func<ulong, bool> predicate) => Predicate = predicate;

    /// <summary>Every order.</summary>
    public static BookScope All => default;

    /// <summary>The bits of the tag that count.</summary>
    public ulong Mask { get; }

    /// <summary>What those bits must be.</summary>
    public ulong Value { get; }

    /// <summary>The rule of a scope made by <see cref="Where"/>; null for one by mask and value.</summary>
    public Func<ulong, bool>? Predicate { get; }

    /// <summary>
    /// A scope by a rule of the caller's: the slow path, a call an order. The book calls it while it holds its lock: it
    /// must be quick, always say the same of the same tag, not throw, and not call the book. Its latch ends with the
    /// process: a book's file keeps scopes by mask and value only.
    /// </summary>
    /// <param name="predicate">Whether a tag is in the scope.</param>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    public static BookScope Where(Func<ulong, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new BookScope(predicate);
    }

    /// <summary>Whether an order with this tag is in the scope.</summary>
    public bool Contains(ulong tag) => Predicate is null ? (tag & Mask) == Value : Predicate(tag);

    /// <summary>Whether every tag in the other scope is certainly in this one too.</summary>
    internal bool Covers(in BookScope other) =>
        (Mask == 0 && Predicate is null)
        || (Predicate is null && other.Predicate is null && (other.Mask & Mask) == Mask && (other.Value & Mask) == Value)
        || (Predicate is not null && Predicate == other.Predicate);

    /// <summary>The rule in a few characters.</summary>
    public override string ToString() =>
        Predicate is not null ? "tags by predicate" : Mask == 0 ? "all" : $"(tag & 0x{Mask:x}) == 0x{Value:x}";
}
