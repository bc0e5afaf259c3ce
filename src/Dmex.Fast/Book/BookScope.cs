namespace Dmex.Fast;

/// <summary>
/// Which orders a panic covers: those with <c>(tag &amp; Mask) == Value</c>. What the bits of a tag mean (side,
/// instrument, price band) is the caller's choice. An immutable value. The default value is no scope, and every method refuses
/// it: every order is <see cref="All"/>.
/// </summary>
public readonly record struct BookScope
{
    private readonly bool _isSet;

    /// <summary>A scope of the tags whose bits under a mask have a value.</summary>
    /// <param name="mask">The bits that count; 0 covers every order.</param>
    /// <param name="value">What they must be; no bit outside <paramref name="mask"/>.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="value"/> has a bit outside <paramref name="mask"/>, so that no tag would match.
    /// </exception>
    public BookScope(ulong mask, ulong value)
    {
        if ((value & ~mask) != 0)
        {
            throw new ArgumentException(
                $"No tag has (tag & 0x{mask:x}) == 0x{value:x}: the value has bits outside the mask.", nameof(value));
        }

        Mask = mask;
        Value = value;
        _isSet = true;
    }

    /// <summary>Every order.</summary>
    public static BookScope All { get; } = new(0, 0);

    /// <summary>The bits of the tag that count.</summary>
    public ulong Mask { get; }

    /// <summary>What those bits must be.</summary>
    public ulong Value { get; }

    /// <summary>Whether this is the default value, which covers no order.</summary>
    internal bool IsDefault => !_isSet;

    /// <summary>Whether an order with this tag is in the scope; none is in the default value.</summary>
    public bool Contains(ulong tag) => _isSet && (tag & Mask) == Value;

    /// <summary>Whether every tag in the other scope is in this one too.</summary>
    internal bool Covers(in BookScope other) => _isSet && (other.Mask & Mask) == Mask && (other.Value & Mask) == Value;

    /// <summary>Refuses the default value.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    internal void ThrowIfDefault(string parameter)
    {
        if (IsDefault)
        {
            throw new ArgumentException(
                $"The default value covers no order: name the scope, or {nameof(BookScope)}.{nameof(All)} for every order.", parameter);
        }
    }

    /// <summary>The rule in a few characters.</summary>
    public override string ToString() => IsDefault ? "none" : Mask == 0 ? "all" : $"(tag & 0x{Mask:x}) == 0x{Value:x}";
}
