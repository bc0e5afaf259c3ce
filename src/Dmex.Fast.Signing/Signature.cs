using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Hashing;

namespace Dmex.Fast.Signing;

/// <summary>
/// An ECDSA signature on secp256k1 with the recovery value of Ethereum: r and s, 32 bytes big-endian each, and
/// v = 27 or 28. An immutable value; safe to share between threads. Anyone who holds it can cancel the order that it signs.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly partial struct Signature : IEquatable<Signature>
{
    /// <summary>The length of r‖s in bytes.</summary>
    public const int Size = 64;

    private readonly RsBytes _rs;
    private readonly byte _v;

    /// <summary>Takes a signature from its parts, without checking that it is one: <see cref="SignatureVerifier"/> does.</summary>
    /// <param name="rs">r‖s, 64 bytes, big-endian.</param>
    /// <param name="v">27 or 28.</param>
    /// <exception cref="ArgumentException"><paramref name="rs"/> is not 64 bytes long.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="v"/> is neither 27 nor 28.</exception>
    public Signature(ReadOnlySpan<byte> rs, int v)
    {
        if (rs.Length != Size)
        {
            throw new ArgumentException($"r and s have {Size} bytes together, not {rs.Length}.", nameof(rs));
        }

        if (v is not (27 or 28))
        {
            throw new ArgumentOutOfRangeException(nameof(v), v, "v is 27 or 28.");
        }

        _rs = MemoryMarshal.Read<RsBytes>(rs);
        _v = (byte)v;
    }

    /// <summary>27 when R has an even y, 28 when it has an odd one; 0 in a default value, which is no signature.</summary>
    public int V => _v;

    /// <summary>r, 32 bytes big-endian, without a copy; valid as long as this variable is.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> R => AsSpan()[..32];

    /// <summary>s, 32 bytes big-endian, without a copy; valid as long as this variable is.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> S => AsSpan()[32..];

    /// <summary>r‖s, 64 bytes big-endian, without a copy; valid as long as this variable is.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _rs;

    /// <summary>Writes r‖s, 64 bytes big-endian.</summary>
    /// <param name="destination">At least 64 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 64 bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException($"r and s need {Size} bytes, not {destination.Length}.", nameof(destination));
        }

        AsSpan().CopyTo(destination);
    }

    /// <inheritdoc/>
    public bool Equals(Signature other) => _v == other._v && AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => RandomizedHash.Of(AsSpan());

    /// <summary>Names v alone: a signature authorises a cancel and does not belong in a log.</summary>
    public override string ToString() => $"Signature(v={_v})";

    /// <summary>Whether r, s and v are the same.</summary>
    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    /// <summary>Whether r, s or v differ.</summary>
    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct RsBytes
    {
        private byte _first;
    }
}
