using System.Buffers;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Venue;

/// <summary>
/// The venue's own form of an order hash: 32 bytes, first byte first. It is deliberately not the client's type, so that a
/// mistake in one of them cannot hide in the other. An immutable value; safe to share between threads.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct VenueHash : IEquatable<VenueHash>
{
    /// <summary>The length of the hash in bytes.</summary>
    public const int Size = 32;

    /// <summary>The length of the text form: <c>0x</c> and 64 hex digits.</summary>
    public const int TextLength = 66;

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>Copies a hash from its 32 bytes.</summary>
    /// <param name="bytes">Exactly 32 bytes, first byte first.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public VenueHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An order hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<VenueHash>(bytes);
    }

    /// <summary>Compares two hashes.</summary>
    public static bool operator ==(VenueHash left, VenueHash right) => left.Equals(right);

    /// <summary>Compares two hashes.</summary>
    public static bool operator !=(VenueHash left, VenueHash right) => !left.Equals(right);

    /// <summary>Copies the 32 bytes.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (!MemoryMarshal.TryWrite(destination, in this))
        {
            throw new ArgumentException($"An order hash needs {Size} bytes, not {destination.Length}.", nameof(destination));
        }
    }

    /// <inheritdoc/>
    public bool Equals(VenueHash other) =>
        _word0 == other._word0 && _word1 == other._word1 && _word2 == other._word2 && _word3 == other._word3;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is VenueHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary><c>0x</c> and 64 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return "0x" + Convert.ToHexStringLower(bytes);
    }

    /// <summary>Reads <c>0x</c> and exactly 64 lower-case hex digits; nothing else is accepted.</summary>
    /// <param name="utf8Text">The UTF-8 text.</param>
    /// <param name="hash">The hash, or zero when the text is not one.</param>
    /// <returns>Whether the text had the expected form.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out VenueHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var valid = TryReadHex(utf8Text, bytes);
        hash = valid ? new VenueHash(bytes) : default;
        return valid;
    }

    /// <summary>Reads a 32-byte value of the wire form: <c>0x</c> and 64 lower-case hex digits.</summary>
    internal static bool TryReadHex(ReadOnlySpan<byte> utf8Text, Span<byte> destination) =>
        utf8Text.Length == TextLength
        && utf8Text.StartsWith("0x"u8)
        && !utf8Text[2..].ContainsAnyInRange((byte)'A', (byte)'F')
        && Convert.FromHexString(utf8Text[2..], destination, out _, out var written) == OperationStatus.Done
        && written == Size;

    /// <summary>Writes <c>0x</c> and 64 hex digits as UTF-8.</summary>
    internal void WriteText(Span<byte> destination, bool upperCase)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        "0x"u8.CopyTo(destination);
        var digits = destination[2..TextLength];
        var written = upperCase
            ? Convert.TryToHexString(bytes, digits, out _)
            : Convert.TryToHexStringLower(bytes, digits, out _);
        if (!written)
        {
            throw new ArgumentException($"The text of an order hash needs {TextLength} bytes.", nameof(destination));
        }
    }
}
